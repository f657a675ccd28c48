/** A film of 125 frames of 512x768, frames and mattes apart. `node bench/puppet.bench.ts` */
import { execSync } from 'node:child_process';
import { cpus } from 'node:os';
import { puppetMotion, puppetRenderer } from '../src/index.ts';
import { babble, paintedPerson } from '../test/painted-person.ts';

const FRAMES = 125;
const [width, height] = [512, 768];
const square = paintedPerson(768, 'arms');
/** The middle of the square picture: two thirds of its width. */
const cut = (image: typeof square.image) => {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let y = 0; y < height; y++) data.set(image.data.subarray(4 * (y * 768 + 128), 4 * (y * 768 + 128 + width)), 4 * y * width);
  return { width, height, data };
};
const points = Object.fromEntries(Object.entries(square.landmarks.points).map(([name, point]) => [name, { ...point, x: point.x - 128 }])) as typeof square.landmarks.points;
const motion = puppetMotion(babble(5), { fps: 25, frames: FRAMES, seed: 1 });

let start = performance.now();
const renderer = await puppetRenderer({ image: cut(square.image), background: cut(square.background), landmarks: { width, height, points }, width, height }, motion, { device: 'cpu', threads: 1 });
const rgba = new Uint8ClampedArray(4 * width * height);
const coverage = new Uint8ClampedArray(width * height);
await renderer.frame(0, rgba);
await renderer.matte(0, coverage);
console.log(`commit ${execSync('git rev-parse --short HEAD').toString().trim()}, ${cpus().length} x ${cpus()[0].model}, one thread, person on ${((100 * coverage.filter((x) => x > 127).length) / coverage.length).toFixed(0)} % of ${width}x${height}`);
console.log(`prepare and first frame: ${(performance.now() - start).toFixed(0)} ms`);
for (const [what, paint] of [['frames', (f: number) => renderer.frame(f, rgba)], ['mattes', (f: number) => renderer.matte(f, coverage)]] as const) {
  start = performance.now();
  const cpu = process.cpuUsage();
  for (let f = 0; f < FRAMES; f++) await paint(f);
  const used = process.cpuUsage(cpu);
  console.log(`${FRAMES} ${what}: ${((performance.now() - start) / 1000).toFixed(2)} s, processor ${((used.user + used.system) / 1e6).toFixed(2)} s`);
}
