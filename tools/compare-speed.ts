import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from './kills/command.ts';

/**
 * Processor time of this checkout beside that of an older one (with its own node_modules and built kernels), in turns
 * in one run: 306 nodes validated and planned, the quickstart of 781f479 at `tiny`, many small tasks. User and system
 * seconds of all processes, medians of the rounds; wall time says nothing on a machine that others use too.
 *
 *     node tools/compare-speed.ts BEFORE [--rounds 5] [--tasks 10000] [--only plan|quickstart|tasks]
 */
const { values, positionals } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    tasks: { type: 'string', default: '10000' },
    only: { type: 'string' },
  },
  allowPositionals: true,
});
const SIDES = { before: resolve(positionals[0]), now: resolve(ROOT) };
const STAGES = 'libs/platform/runner/test/fixture/stages.ts';
type Side = keyof typeof SIDES;
const home = mkdtempSync(join(tmpdir(), 'soliloquy-speed-'));
process.once('exit', () => rmSync(home, { recursive: true, force: true }));

/** A chain: each adds to what the one before it made. */
const chain = Array.from({ length: 304 }, (_, at) => `n${at}`);
const graphs = {
  'chain.json': {
    format: 1,
    name: 'chain',
    nodes: {
      clips: { stage: 'count@1' },
      ...Object.fromEntries(chain.map((name) => [name, { stage: 'add@1' }])),
      all: { stage: 'total@1' },
    },
    edges: [
      'clips.value -> n0.value',
      ...chain.slice(1).map((name, at) => `n${at}.sum -> ${name}.value`),
      `${chain.at(-1)}.sum -> all.values`,
    ],
  },
  'tasks.json': {
    format: 1,
    name: 'tasks',
    nodes: {
      clips: { stage: 'count@1', params: { count: Number(values.tasks) } },
      it: { stage: 'add@1' },
      all: { stage: 'total@1' },
    },
    edges: ['clips.value -> it.value', 'it.sum -> all.values'],
  },
};
mkdirSync(join(home, '.soliloquy'));
for (const [name, graph] of Object.entries(graphs)) writeFileSync(join(home, name), JSON.stringify(graph));

/** User and system seconds of a command and all that it waited for. */
function secondsOf(side: Side, args: readonly string[], cwd = home): number {
  const root = SIDES[side];
  const bin = join(root, 'apps/cli/bin/soliloquy.js');
  const { stderr, status } = spawnSync(
    'bash',
    ['-c', 'TIMEFORMAT="cost %U %S"; time "$@" > /dev/null', 'bash', process.execPath, bin, ...args],
    {
      cwd,
      encoding: 'utf8',
      env: { ...process.env, ...(cwd === home && { SOLILOQUY_STAGES: join(root, STAGES) }) },
    },
  );
  const [, user, system] = /cost (\S+) (\S+)/.exec(stderr) ?? [];
  if (status !== 0) throw new Error(`${side}, ${args.join(' ')}: ${status}: ${stderr.slice(-500)}`);
  return Number(user) + Number(system);
}

/** The same graph on both sides: what was added to it since is no slowness. */
const QUICKSTART = { before: 'graphs/quickstart.json', now: 'test/fixture/presets-781f479/quickstart.json' };

let runs = 0;
const fresh = (): string[] => ['--store', join(home, `store-${++runs}`), '--out', join(home, `out-${runs}`)];
const WORK: Readonly<Record<string, (side: Side) => number>> = {
  plan: (side) => secondsOf(side, ['validate', 'chain.json']) + secondsOf(side, ['plan', 'chain.json']),
  quickstart: (side) => secondsOf(side, ['run', QUICKSTART[side], '--size', 'tiny', ...fresh()], SIDES[side]),
  tasks: (side) => secondsOf(side, ['run', 'tasks.json', ...fresh()]),
};

const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
for (const [name, work] of Object.entries(WORK)) {
  if (values.only !== undefined && values.only !== name) continue;
  const took: Record<Side, number[]> = { before: [], now: [] };
  // Compiled once, on either side.
  if (name === 'plan') for (const side of ['before', 'now'] as const) work(side);
  for (let round = 0; round < Number(values.rounds); round++)
    for (const side of round % 2 === 0 ? (['before', 'now'] as const) : (['now', 'before'] as const))
      took[side].push(work(side));
  const [before, now] = [median(took.before), median(took.now)];
  const each = (side: Side): string => took[side].map((seconds) => seconds.toFixed(2)).join(' ');
  console.log(
    `${name.padEnd(11)} before ${before.toFixed(2)} s, now ${now.toFixed(2)} s: ` +
      `${(100 * (now / before - 1)).toFixed(1)} %   (${each('before')} | ${each('now')})`,
  );
}
