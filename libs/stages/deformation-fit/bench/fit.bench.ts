// node libs/stages/deformation-fit/bench/fit.bench.ts
// What a frame takes to fit at 192x288, and its face at the clip's resolution, with 14 000 Gaussians on one thread: a
// step is renders, backward passes and the rest (carrying the Gaussians, residual, structure tensor, normal equations).
// Medians over the frames of a clip that a moving body makes, and the least, which other work on the machine disturbs
// less.
import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import { createParticleRig } from '@soliloquy/gaussian-cloud';
import { openRasterizer } from '@soliloquy/splat';
import { FrameFitter } from '../src/fit-frame.ts';
import { cutView, faceView, wholeView } from '../src/views.ts';
import { gesture, movingBody } from './moving-body.ts';

const [WIDTH, HEIGHT, FRAMES, WARM, STEPS] = [192, 288, 24, 6, 3];
const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1];

const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
  encoding: 'utf8',
  cwd: import.meta.dirname,
}).trim();
console.log(`commit ${commit}, ${cpus()[0].model}, ${availableParallelism()} cores, node ${process.version}`);

const { gaussians, background, video } = await movingBody(14_000, (768 / 288) * HEIGHT, FRAMES, gesture);
const rig = createParticleRig(gaussians, 248);
const rasterizer = await openRasterizer({ device: 'cpu', threads: 1 });

const spent = { render: 0, backward: 0 };
const render = rasterizer.render.bind(rasterizer);
const backward = rasterizer.backward.bind(rasterizer);
const timed = async <T>(part: keyof typeof spent, work: () => Promise<T>): Promise<T> => {
  const start = performance.now();
  const result = await work();
  spent[part] += performance.now() - start;
  return result;
};
rasterizer.render = (...given) => timed('render', () => render(...given));
rasterizer.backward = (...given) => timed('backward', () => backward(...given));

const whole = wholeView(gaussians.camera, WIDTH, HEIGHT);
const face = faceView(gaussians, video, 20_000, whole);
const views = face ? [whole, face] : [whole];
const fitter = new FrameFitter(
  gaussians,
  rig,
  rasterizer,
  views,
  views.map((view) => cutView(view, background.data, background.width, background.height, 4, 3)),
);
const translations = new Float32Array(rig.particles * 3);
const rows: Record<'resize' | 'render' | 'backward' | 'rest' | 'frame', number[]> = {
  resize: [],
  render: [],
  backward: [],
  rest: [],
  frame: [],
};
let frame = 0;
for await (const picture of video.read()) {
  const start = performance.now();
  const targets = views.map((view) => ({
    color: cutView(view, picture, video.width, video.height, 4, 3),
    mask: new Float32Array(view.camera.width * view.camera.height).fill(1),
  }));
  const resize = performance.now() - start;
  spent.render = 0;
  spent.backward = 0;
  const anchor = translations.slice();
  for (let step = 0; step < STEPS; step++)
    await fitter.step(translations, targets, anchor, { stiffness: { rigidity: 0.3, anchor: 0.02 } });
  const whole = performance.now() - start;
  if (frame++ < WARM) continue;
  rows.resize.push(resize);
  rows.render.push(spent.render);
  rows.backward.push(spent.backward);
  rows.rest.push(whole - resize - spent.render - spent.backward);
  rows.frame.push(whole);
}
rasterizer.dispose();
console.log(
  `${gaussians.count} Gaussians, ${rig.particles} particles, ` +
    `${views.map(({ camera: { width, height } }) => `${width}x${height}`).join(' and ')} of a clip of ` +
    `${video.width}x${video.height}, ${STEPS} steps a frame, ${rows.frame.length} frames`,
);
console.log('             median     least');
for (const [part, times] of Object.entries(rows))
  console.log(
    `  ${part.padEnd(9)} ${median(times).toFixed(1).padStart(7)}   ${Math.min(...times)
      .toFixed(1)
      .padStart(7)} ms`,
  );
