import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createRasterizer,
  SplatError,
  type Background,
  type Camera,
  type GaussianArrays,
  type ImageLossInput,
  type Rasterizer,
} from '../src/index.ts';
import { digest } from './agreement.ts';
import { cameraOf, cloud, noise } from './cases.ts';

let rasterizer: Rasterizer;
beforeAll(async () => {
  rasterizer = await createRasterizer({ threads: 2, maxMemoryMiB: 64 });
});
afterAll(() => rasterizer.dispose());

const camera = cameraOf(32, 24);
const scene = cloud(50, 1);
const black: Background = [0, 0, 0];

function caught(call: () => unknown): SplatError {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(SplatError);
    return error as SplatError;
  }
  throw new Error('expected an error, got none');
}

function withValue(name: Exclude<keyof GaussianArrays, 'shRest'>, index: number, value: number): GaussianArrays {
  const changed = { ...scene, [name]: scene[name].slice() };
  changed[name][index] = value;
  return changed;
}

const renders: readonly [string, RegExp, GaussianArrays, Camera, Background][] = [
  [
    'means too short',
    /^render\.means: expected f32 \[N, 3\] with N=50, got f32 \[147\]; /,
    { ...scene, means: scene.means.subarray(3) },
    camera,
    black,
  ],
  ['quats of another length', /^render\.quats: expected f32 \[N, 4\]/, { ...scene, quats: scene.means }, camera, black],
  [
    'logits in f64',
    /^render\.opacityLogits: expected f32 \[N\], got Float64Array; /,
    { ...scene, opacityLogits: new Float64Array(50) as unknown as Float32Array },
    camera,
    black,
  ],
  [
    'a mean that is no number',
    /^render\.means: expected finite numbers, got \[.*NaN.*\] at Gaussian 7; /,
    withValue('means', 22, Number.NaN),
    camera,
    black,
  ],
  [
    'an infinite scale',
    /^render\.logScales: expected finite numbers, got .* at Gaussian 0; /,
    withValue('logScales', 2, Infinity),
    camera,
    black,
  ],
  [
    'a logit that is no number',
    /^render\.opacityLogits: expected finite numbers, got \[NaN\] at Gaussian 49; /,
    withValue('opacityLogits', 49, Number.NaN),
    camera,
    black,
  ],
  ['an infinite colour', /^render\.colors: expected finite/, withValue('colors', 5, -Infinity), camera, black],
  [
    'a zero quaternion',
    /^render\.quats: expected quaternions of a length above 1e-12, got \[0, 0, 0, 0\] at Gaussian 3; /,
    { ...scene, quats: scene.quats.map((q, i) => (i >> 2 === 3 ? 0 : q)) },
    camera,
    black,
  ],
  [
    'a negative width',
    /^render\.camera\.width: expected a whole number 1 … 8192, got -32; /,
    scene,
    { ...camera, width: -32 },
    black,
  ],
  ['half a pixel', /^render\.camera\.height: expected a whole number/, scene, { ...camera, height: 24.5 }, black],
  ['no focal length', /^render\.camera\.fx: expected pixels above 0, got 0; /, scene, { ...camera, fx: 0 }, black],
  ['a principal point that is no number', /^render\.camera\.cx: /, scene, { ...camera, cx: Number.NaN }, black],
  [
    'a matrix of nine',
    /^render\.camera\.worldToCamera: expected 12 or 16 numbers, row-major, got 9; /,
    scene,
    { ...camera, worldToCamera: new Array<number>(9).fill(1) },
    black,
  ],
  [
    'a column-major matrix',
    /^render\.camera\.worldToCamera: expected a last row of 0 0 0 1, got 1 2 3 1; /,
    scene,
    { ...camera, worldToCamera: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 2, 3, 1] },
    black,
  ],
  ['near at zero', /^render\.camera\.near: /, scene, { ...camera, near: 0 }, black],
  [
    'a background of another size',
    /^render\.background: expected f32 \[H, W, 3\] with H=24, W=32, got f32 \[12\]; /,
    scene,
    camera,
    new Float32Array(12),
  ],
  [
    'a background that is no number',
    /^render\.background: expected finite numbers, got NaN at index 9; /,
    scene,
    camera,
    noise(camera, 1).map((value, i) => (i === 9 ? Number.NaN : value)),
  ],
  [
    'more memory than allowed',
    /^splat\.memory: expected at most 64 MiB, got \d+ MiB for /,
    scene,
    cameraOf(4096, 4096),
    black,
  ],
];

test.each(renders)(
  'render refuses %s in one message, and the next call works',
  (_, message, gaussians, view, background) => {
    const before = digest(rasterizer.render(scene, camera, black));
    const error = caught(() => rasterizer.render(gaussians, view, background));
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/^[^\n]+; [^\n]+$/);
    expect(error.code).toBe(message.source.startsWith('^splat') ? 'splat.memory' : 'splat.input');
    expect(caught(() => rasterizer.backward({ color: new Float32Array(3 * 32 * 24) })).code).toBe('splat.state');
    expect(digest(rasterizer.render(scene, camera, black))).toBe(before);
  },
);

test('a scene whose tile entries do not fit is refused, and the next call works', () => {
  const count = 3000;
  const wide = cloud(count, 2, { logScale: [2, 3], logit: [3, 4] });
  expect(caught(() => rasterizer.render(wide, cameraOf(800, 800), black)).message).toMatch(
    /^splat\.memory: expected at most 64 MiB, got \d+ MiB for 3000 Gaussians that touch \d+ tiles of 800x800 pixels; /,
  );
  expect(rasterizer.render(scene, camera, black).width).toBe(32);
});

describe('backward refuses', () => {
  const color = new Float32Array(3 * 32 * 24);
  test.each([
    [
      'a gradient of another size',
      { color: new Float32Array(3) },
      /^backward\.color: expected f32 \[H, W, 3\] with H=24, W=32, got f32 \[3\]; /,
    ],
    [
      'a transmittance gradient of another size',
      { color, transmittance: color },
      /^backward\.transmittance: expected f32 \[H, W\]/,
    ],
    [
      'a gradient that is no number',
      { color: color.map((_, i) => (i === 100 ? Number.NaN : 0)) },
      /^backward\.color: expected finite numbers, got NaN at index 100; /,
    ],
  ])('%s, and the next call works', (_, gradient, message) => {
    rasterizer.render(scene, camera, black);
    expect(caught(() => rasterizer.backward(gradient)).message).toMatch(message);
    expect(rasterizer.backward({ color }).means.length).toBe(150);
  });

  test('a group that is none', () => {
    rasterizer.render(scene, camera, black);
    expect(caught(() => rasterizer.backward({ color }, { groups: ['scales' as 'means'] })).message).toMatch(
      /^backward\.groups: expected means, quats, .*, got scales; /,
    );
  });
});

test.each<[string, Partial<ImageLossInput>, RegExp]>([
  ['a negative size', { width: -1 }, /^imageLoss\.width: /],
  ['a target of another size', { target: new Float32Array(3) }, /^imageLoss\.target: expected f32 \[H, W, 3\]/],
  [
    'an image that is no number',
    { image: new Float32Array(36).fill(Number.NaN) },
    /^imageLoss\.image: expected finite numbers, got NaN at index 0; /,
  ],
  ['weights of another size', { weights: new Float32Array(3) }, /^imageLoss\.weights: expected f32 \[H, W\]/],
  [
    'a negative weight',
    { weights: new Float32Array(12).fill(-1) },
    /^imageLoss\.weights: expected finite numbers from 0, got -1 at index 0; /,
  ],
  ['no weight at all', { weights: new Float32Array(12) }, /^imageLoss\.weights: expected some weight above 0/],
  ['a share above one', { ssimWeight: 1.5 }, /^imageLoss\.ssimWeight: expected 0 … 1, got 1.5; /],
])('imageLoss refuses %s, and the next call works', (_, change, message) => {
  const good = { width: 4, height: 3, image: new Float32Array(36), target: new Float32Array(36) };
  expect(caught(() => rasterizer.imageLoss({ ...good, ...change })).message).toMatch(message);
  expect(rasterizer.imageLoss(good).value).toBeCloseTo(0, 6);
});

test.each([
  [{ threads: 0 }],
  [{ threads: 1.5 }],
  [{ threads: 65 }],
  [{ maxMemoryMiB: 1 }],
  [{ maxMemoryMiB: Number.NaN }],
])('createRasterizer refuses %o', async (options) => {
  await expect(createRasterizer(options)).rejects.toThrow(
    /^createRasterizer\.(threads|maxMemoryMiB): expected a whole number .*, got .*; /,
  );
});

test('after dispose every call says so, and dispose again does nothing', async () => {
  const gone = await createRasterizer({ threads: 2 });
  gone.dispose();
  gone.dispose();
  for (const call of [
    () => gone.render(scene, camera, black),
    () => gone.backward({ color: new Float32Array(0) }),
    () => gone.imageLoss({ width: 1, height: 1, image: new Float32Array(3), target: new Float32Array(3) }),
  ]) {
    const error = caught(call);
    expect(error.code).toBe('splat.state');
    expect(error.message).toMatch(/expected a live rasterizer, got one that is disposed; create another$/);
  }
});
