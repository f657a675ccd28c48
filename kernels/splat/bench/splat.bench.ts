// node kernels/splat/bench/splat.bench.ts
// Forward, loss and backward on one and two threads against plain TypeScript, interleaved; medians. Pairs are a pixel and a Gaussian:
// evaluated ones really computed, tile ones all 256 pixels of a tile with each Gaussian that reaches it (what a rasteriser without the
// quad masks would compute).
import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import { createRasterizer } from '../src/index.ts';
import { plainRender } from './plain.ts';
import { person } from './scenes.ts';

const ROUNDS = 15;
const SIZES = [
  { count: 8000, width: 192, height: 288 },
  { count: 12000, width: 512, height: 768 },
  { count: 40000, width: 512, height: 768 },
];

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1];
const timed = (times: number[], work: () => void): void => {
  const start = performance.now();
  work();
  times.push(performance.now() - start);
};

const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', cwd: import.meta.dirname }).trim();
console.log(`commit ${commit}, ${cpus()[0].model}, ${availableParallelism()} cores, node ${process.version}`);
const engines = await Promise.all([1, 2].map((threads) => createRasterizer({ threads })));
for (const { count, width, height } of SIZES) {
  const { gaussians, camera } = person(count, width, height, 1);
  const target = new Float32Array(width * height * 3).fill(0.5);
  const plain: number[] = [];
  const rows = engines.map((engine) => ({ engine, forward: [] as number[], loss: [] as number[], backward: [] as number[] }));
  for (let round = -2; round < ROUNDS; round++) {
    if (round === 0) for (const row of rows) for (const times of [row.forward, row.loss, row.backward, plain]) times.length = 0;
    if (round % 3 === 0) timed(plain, () => plainRender(gaussians, camera, 1));
    for (const { engine, forward, loss, backward } of rows) {
      let image: Float32Array = target;
      let gradient: Float32Array = target;
      timed(forward, () => (image = engine.render(gaussians, camera, [1, 1, 1]).color));
      timed(loss, () => (gradient = engine.imageLoss({ width, height, image, target }).gradient));
      timed(backward, () => engine.backward({ color: gradient }));
    }
  }
  console.log(`\n${count} Gaussians, ${width}x${height}: plain TypeScript forward ${median(plain).toFixed(1)} ms`);
  for (const { engine, forward, loss, backward } of rows) {
    engine.render(gaussians, camera, [1, 1, 1]);
    const { evaluatedPairs, tilePairs, visible } = engine.statistics();
    const [f, l, b] = [median(forward), median(loss), median(backward)];
    const rate = (pairs: number): string => (pairs / f / 1e3).toFixed(0);
    console.log(
      `  ${engine.threads} thread${engine.threads > 1 ? 's' : ' '}  forward ${f.toFixed(1)} ms (${rate(evaluatedPairs)} M evaluated, ${rate(tilePairs)} M tile pairs/s; ${visible} drawn)  ` +
        `loss ${l.toFixed(1)} ms  backward ${b.toFixed(1)} ms  forward + backward ${(f + b).toFixed(1)} ms = ${((f + b) / f).toFixed(1)}x forward`,
    );
  }
}

// Large Gaussians: the inner loop alone, with nearly every quad of every tile touched.
const { gaussians, camera } = person(400, 512, 512, 2);
const large = { ...gaussians, logScales: gaussians.logScales.map((value) => value + 1.5), opacityLogits: gaussians.opacityLogits.map(() => -4.5) };
for (const engine of engines) {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) timed(times, () => engine.render(large, camera, [1, 1, 1]));
  const { evaluatedPairs } = engine.statistics();
  console.log(`\n400 large faint Gaussians, 512x512, ${engine.threads} thread(s): ${median(times).toFixed(1)} ms, ${(evaluatedPairs / median(times) / 1e3).toFixed(0)} M evaluated pairs/s`);
}
for (const engine of engines) engine.dispose();
