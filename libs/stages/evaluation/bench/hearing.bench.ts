/**
 * What hearing gives the film: the quickstart with one seed by each hearing, saying its sentence in a voice that none
 * of its clips has. Beside the measures of `evaluation`, the correlation of the lips' opening with that of the true
 * clip.
 *
 *     node libs/stages/evaluation/bench/hearing.bench.ts FOLDER [--size small] [--hear mel,phones,embedding]
 *         [--voice rms] [--seeds 7,8]
 *
 * FOLDER keeps store and films; what was made is not made again.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openDiskStore } from '@soliloquy/artifacts';
import { deformation, gaussians, metrics, type PortType } from '@soliloquy/ports';
import { mouthOpening } from '../src/evaluation/motion-measures.ts';
import { particles } from '../src/evaluation/particle-motion.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: 'string', default: 'small' },
    hear: { type: 'string', default: 'mel,phones,embedding' },
    voice: { type: 'string', default: 'rms' },
    seeds: { type: 'string', default: '7' },
  },
});
const root = fileURLToPath(new URL('../../../..', import.meta.url));
const folder = positionals[0];
const FIGURES = [
  'acc-err:particles',
  'acc-err:particles/still',
  'acc-err:particles/mean-clip',
  'variance:face',
  'sync:envelope',
  'sync:envelope-lag',
  'sync:envelope/other',
];

console.log(['seed', 'hearing', 'lips:true-clip', ...FIGURES].join(' | '));
for (const seed of values.seeds.split(','))
  for (const hearing of values.hear.split(',')) {
    const out = join(folder, `${hearing}-${seed}`);
    await run(hearing, seed, out);
    console.log([seed, hearing, ...(await figuresOf(out)).map((figure) => figure.toFixed(3))].join(' | '));
  }

async function run(hearing: string, seed: string, out: string): Promise<void> {
  const graph = join(root, 'graphs/quickstart.json');
  const sets = [`alignment.hearing=${hearing}`, `voice.voice=${values.voice}`].flatMap((set) => ['--set', set]);
  const places = [
    '--size',
    values.size,
    '--seed',
    seed,
    '--threads',
    '2',
    '--store',
    join(folder, 'store'),
    '--out',
    out,
  ];
  const child = spawn(process.execPath, [join(root, 'apps/cli/bin/soliloquy.js'), 'run', graph, ...sets, ...places], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('exit', resolve));
  // 3: an expectation of the graph does not hold; the figures are there all the same.
  if (code !== 0 && code !== 3) throw new Error(`the run by ${hearing} ended with ${String(code)}`);
}

async function figuresOf(out: string): Promise<number[]> {
  const store = await openDiskStore(join(folder, 'store', 'store'));
  const { tasks } = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')) as {
    tasks: { task: string; outputs: Record<string, string> }[];
  };
  const value = async <T>(node: string, port: string, type: PortType<T>): Promise<T> => {
    const made = tasks.find(({ task }) => task.replace(/\[.*/, '') === node);
    if (made === undefined) throw new Error(`${out}: no ${node}`);
    return type.decode(await store.get(made.outputs[port]));
  };
  const person = await value('avatar', 'gaussians', gaussians);
  const opening = async (node: string): Promise<Float64Array> =>
    mouthOpening(person, particles('deformation', await value(node, 'deformation', deformation)));
  const lips = correlation(await opening('motion'), await opening('truth-fit'));
  const { values: figures } = await value('evaluation', 'metrics', metrics);
  return [lips, ...FIGURES.map((name) => figures[name])];
}

function correlation(a: Float64Array, b: Float64Array): number {
  const centred = [a, b].map((x) => x.map((v) => v - x.reduce((sum, each) => sum + each, 0) / x.length));
  const dot = (x: Float64Array, y: Float64Array): number => x.reduce((sum, v, i) => sum + v * y[i], 0);
  return dot(centred[0], centred[1]) / Math.sqrt(dot(centred[0], centred[0]) * dot(centred[1], centred[1]));
}
