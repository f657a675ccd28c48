/**
 * Bicubic gather of RGBA at the puppet's size: gpu.js (WebAssembly, one and two threads) against typed arrays in plain
 * TypeScript, interleaved. `node bench/gather.bench.ts`
 */
import { execSync } from 'node:child_process';
import { cpus } from 'node:os';
import { createGather, type Planes } from '../src/index.ts';

const ROUNDS = 9;
const points = 180_000;
const source: Planes = {
  width: 1024,
  height: 1536,
  count: 4,
  data: Float32Array.from({ length: 4 * 1024 * 1536 }, (_, i) => 0.5 + 0.5 * Math.sin(i * 0.013)),
};
const xs = Float32Array.from({ length: points }, (_, i) => 150 + 2 * (i % 360) + 3 * Math.sin(i / 18000));
const ys = Float32Array.from(
  { length: points },
  (_, i) => 200 + 2 * Math.floor(i / 360) + 3 * Math.cos((i % 360) * 0.02),
);

/** The same gather over interleaved RGBA, weights computed once for the four channels. */
function plainGather(rgba: Float32Array, out: Float32Array): void {
  const weights = new Float64Array(4);
  for (let i = 0; i < points; i++) {
    const x0 = Math.floor(xs[i] - 0.5);
    const y0 = Math.floor(ys[i] - 0.5);
    const u = xs[i] - 0.5 - x0;
    const v = ys[i] - 0.5 - y0;
    weights[0] = ((-0.5 * u + 1) * u - 0.5) * u;
    weights[1] = (1.5 * u - 2.5) * u * u + 1;
    weights[2] = ((-1.5 * u + 2) * u + 0.5) * u;
    weights[3] = (0.5 * u - 0.5) * u * u;
    const rows = [
      ((-0.5 * v + 1) * v - 0.5) * v,
      (1.5 * v - 2.5) * v * v + 1,
      ((-1.5 * v + 2) * v + 0.5) * v,
      (0.5 * v - 0.5) * v * v,
    ];
    let [r, g, b, a] = [0, 0, 0, 0];
    for (let j = 0; j < 4; j++) {
      const row = Math.min(Math.max(y0 - 1 + j, 0), source.height - 1) * source.width;
      for (let k = 0; k < 4; k++) {
        const at = 4 * (row + Math.min(Math.max(x0 - 1 + k, 0), source.width - 1));
        const w = rows[j] * weights[k];
        r += w * rgba[at];
        g += w * rgba[at + 1];
        b += w * rgba[at + 2];
        a += w * rgba[at + 3];
      }
    }
    out.set([r, g, b, a], 4 * i);
  }
}

const one = await createGather(source, points, { device: 'cpu', threads: 1 });
const two = await createGather(source, points, { device: 'cpu', threads: 2 });
const out = new Float32Array(4 * points);
const candidates = {
  'gpu.js WebAssembly, 1 thread': async () => void (await one.sample(xs, ys)),
  'gpu.js WebAssembly, 2 threads': async () => void (await two.sample(xs, ys)),
  'plain TypeScript': async () => plainGather(source.data, out),
};
const times: Record<string, number[]> = {};
for (let round = 0; round < ROUNDS + 2; round++) {
  for (const [name, work] of Object.entries(candidates)) {
    const start = performance.now();
    await work();
    if (round >= 2) (times[name] ??= []).push(performance.now() - start);
  }
}
console.log(
  `commit ${execSync('git rev-parse --short HEAD').toString().trim()}, ${cpus().length} x ${cpus()[0].model}, ` +
    `${points} points from ${source.width}x${source.height}, 4 planes, median of ${ROUNDS}`,
);
for (const [name, values] of Object.entries(times))
  console.log(`${name}: ${values.sort((a, b) => a - b)[ROUNDS >> 1].toFixed(1)} ms`);
await Promise.all([one.close(), two.close()]);
