/**
 * A film of 125 frames of 512x768, frames and mattes apart: head and shoulders in an ellipse and a box, textured. `node
 * bench/puppet.bench.ts`
 */
import { execSync } from 'node:child_process';
import { cpus } from 'node:os';
import { puppetMotion, puppetRenderer } from '../src/puppet/index.ts';

const FRAMES = 125;
const [width, height, unit] = [512, 768, 60];
const mouth = { x: 256, y: 250 };
const image = { width, height, data: new Uint8ClampedArray(4 * width * height) };
for (let y = 0; y < height; y++) {
  for (let x = 0; x < width; x++) {
    const [a, b] = [(x - mouth.x) / unit, (y - mouth.y) / unit];
    const person = (a / 1.2) ** 2 + ((b + 0.7) / 1.6) ** 2 < 1 || (Math.abs(a) < 2.4 && b > 1.2);
    image.data.set([150 + 40 * Math.sin(x), 120 + 40 * Math.sin(y), 110, person ? 255 : 0], 4 * (y * width + x));
  }
}
const at = (a: number, b: number) => ({ x: mouth.x + a * unit, y: mouth.y + b * unit, confidence: 1 });
const points = {
  headTop: at(0, -2.25),
  chin: at(0, 0.72),
  noseTip: at(0, -0.4),
  leftEar: at(1, -0.8),
  rightEar: at(-1, -0.8),
  leftBrow: at(0.42, -1.32),
  rightBrow: at(-0.42, -1.32),
  leftEye: at(0.42, -1),
  leftEyeInner: at(0.25, -1),
  leftEyeOuter: at(0.59, -1),
  leftEyeTop: at(0.42, -1.08),
  leftEyeBottom: at(0.42, -0.92),
  rightEye: at(-0.42, -1),
  rightEyeInner: at(-0.25, -1),
  rightEyeOuter: at(-0.59, -1),
  rightEyeTop: at(-0.42, -1.08),
  rightEyeBottom: at(-0.42, -0.92),
  mouthLeft: at(0.4, 0),
  mouthRight: at(-0.4, 0),
  upperLipTop: at(0, -0.13),
  mouthCenter: at(0, 0),
  lowerLipBottom: at(0, 0.13),
};
const samples = Float32Array.from(
  { length: 80_000 },
  (_, i) => 0.3 * Math.sin(i * 0.08) * Math.max(0, Math.sin(i / 800)),
);
const motion = puppetMotion({ sampleRate: 16_000, samples }, { fps: 25, frames: FRAMES, seed: 1 }, { clasped: false });

let start = performance.now();
const renderer = await puppetRenderer(
  { image, background: image, landmarks: { width, height, points }, width, height },
  motion,
  { device: 'cpu', threads: 1 },
);
const rgba = new Uint8ClampedArray(4 * width * height);
const coverage = new Uint8ClampedArray(width * height);
await renderer.frame(0, rgba);
await renderer.matte(0, coverage);
const commit = execSync('git rev-parse --short HEAD').toString().trim();
const covered = (100 * coverage.filter((x) => x > 127).length) / coverage.length;
console.log(
  `commit ${commit}, ${cpus().length} x ${cpus()[0].model}, one thread, ` +
    `person on ${covered.toFixed(0)} % of ${width}x${height}`,
);
console.log(`prepare and first frame: ${(performance.now() - start).toFixed(0)} ms`);
for (const [what, paint] of [
  ['frames', (f: number) => renderer.frame(f, rgba)],
  ['mattes', (f: number) => renderer.matte(f, coverage)],
] as const) {
  start = performance.now();
  const cpu = process.cpuUsage();
  for (let f = 0; f < FRAMES; f++) await paint(f);
  const used = process.cpuUsage(cpu);
  const seconds = (performance.now() - start) / 1000;
  const busy = (used.user + used.system) / 1e6;
  console.log(`${FRAMES} ${what}: ${seconds.toFixed(2)} s, processor ${busy.toFixed(2)} s`);
}
