// node libs/stages/deformation-fit/bench/fit.bench.ts
// Seconds a frame takes to fit at 192x288 with 14 000 Gaussians and about 240 particles, on one thread, by what takes them: a step is a render, a backward pass
// and the rest (carrying the Gaussians, residual, structure tensor, normal equations). Medians over the frames of a clip that a moving body makes.
import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import { createParticleRig } from '@soliloquy/gaussian-cloud';
import { createRasterizer } from '@soliloquy/splat';
import { areaResize } from '../src/area-resize.ts';
import { FrameFitter } from '../src/fit-frame.ts';
import { gesture, movingBody } from '../test/moving-body.ts';

const [WIDTH, HEIGHT, FRAMES, WARM, STEPS] = [192, 288, 24, 6, 3];
const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1];

const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', cwd: import.meta.dirname }).trim();
console.log(`commit ${commit}, ${cpus()[0].model}, ${availableParallelism()} cores, node ${process.version}`);

const { gaussians, background, video } = await movingBody(14_000, 2 * HEIGHT, FRAMES, gesture);
const rig = createParticleRig(gaussians, 240);
const rasterizer = await createRasterizer({ threads: 1 });

const spent = { render: 0, backward: 0 };
const render = rasterizer.render.bind(rasterizer);
const backward = rasterizer.backward.bind(rasterizer);
const timed = <T>(part: keyof typeof spent, work: () => T): T => {
  const start = performance.now();
  const result = work();
  spent[part] += performance.now() - start;
  return result;
};
rasterizer.render = (...given) => timed('render', () => render(...given));
rasterizer.backward = (...given) => timed('backward', () => backward(...given));

const behind = new Float32Array(WIDTH * HEIGHT * 3);
areaResize(background.data, background.width, background.height, 4, behind, WIDTH, HEIGHT, 3);
const fitter = new FrameFitter(gaussians, rig, rasterizer, behind, WIDTH, HEIGHT);
const translations = new Float32Array(rig.particles * 3);
const mask = new Float32Array(WIDTH * HEIGHT).fill(1);
const rows: Record<'resize' | 'render' | 'backward' | 'rest' | 'frame', number[]> = { resize: [], render: [], backward: [], rest: [], frame: [] };
let frame = 0;
for await (const picture of video.read()) {
  const start = performance.now();
  const color = new Float32Array(WIDTH * HEIGHT * 3);
  areaResize(picture, video.width, video.height, 4, color, WIDTH, HEIGHT, 3);
  const resize = performance.now() - start;
  spent.render = 0;
  spent.backward = 0;
  const anchor = translations.slice();
  for (let step = 0; step < STEPS; step++) fitter.step(translations, { color, mask }, anchor, { rigidity: 1, anchor: 0.1 });
  const whole = performance.now() - start;
  if (frame++ < WARM) continue;
  rows.resize.push(resize);
  rows.render.push(spent.render);
  rows.backward.push(spent.backward);
  rows.rest.push(whole - resize - spent.render - spent.backward);
  rows.frame.push(whole);
}
rasterizer.dispose();
console.log(`${gaussians.count} Gaussians, ${rig.particles} particles, ${WIDTH}x${HEIGHT} of a clip of ${video.width}x${video.height}, ${STEPS} steps a frame, median of ${rows.frame.length} frames`);
for (const [part, times] of Object.entries(rows)) console.log(`  ${part.padEnd(9)} ${median(times).toFixed(1).padStart(7)} ms  ${((100 * median(times)) / median(rows.frame)).toFixed(0).padStart(3)} %`);
