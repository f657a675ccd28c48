import { seededRandom } from '@soliloquy/random';
import type { Background, Camera, GaussianArrays } from '../src/index.ts';

/** One scene that every rasteriser must draw alike. */
export type Case = {
  readonly name: string;
  readonly gaussians: GaussianArrays;
  readonly camera: Camera;
  readonly background: Background;
  readonly compensateOpacity?: boolean;
};

const IDENTITY = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];

/** A camera whose field of view is about 53° across the larger side. */
export function cameraOf(width: number, height: number, change: Partial<Camera> = {}): Camera {
  const focal = Math.max(width, height);
  return { width, height, fx: focal, fy: focal, cx: width / 2, cy: height / 2, worldToCamera: IDENTITY, ...change };
}

/** N seeded Gaussians of mixed shapes about 3 units in front of the camera. */
export function cloud(
  count: number,
  seed: number,
  change: { logScale?: [number, number]; logit?: [number, number]; depth?: [number, number] } = {},
): GaussianArrays {
  const next = seededRandom(seed);
  const between = ([low, high]: [number, number]): number => low + (high - low) * next();
  const fill = (length: number, value: () => number): Float32Array => Float32Array.from({ length }, value);
  const depth = change.depth ?? [2, 4];
  const means = new Float32Array(count * 3);
  for (let g = 0; g < count; g++) means.set([between([-1.3, 1.3]), between([-1.3, 1.3]), between(depth)], 3 * g);
  return {
    means,
    quats: fill(count * 4, () => between([-1, 1])),
    logScales: fill(count * 3, () => between(change.logScale ?? [-4, -1.5])),
    opacityLogits: fill(count, () => between(change.logit ?? [-4, 4])),
    colors: fill(count * 3, next),
  };
}

/** Gaussians given one by one: mean, quaternion, scales (not their logarithms), opacity logit, colour. */
function listed(
  rows: readonly { mean: number[]; quat?: number[]; scale: number[]; logit?: number; color?: number[] }[],
): GaussianArrays {
  return {
    means: Float32Array.from(rows.flatMap((row) => row.mean)),
    quats: Float32Array.from(rows.flatMap((row) => row.quat ?? [1, 0, 0, 0])),
    logScales: Float32Array.from(rows.flatMap((row) => row.scale.map(Math.log))),
    opacityLogits: Float32Array.from(rows.map((row) => row.logit ?? 1)),
    colors: Float32Array.from(rows.flatMap((row) => row.color ?? [0.9, 0.4, 0.1])),
  };
}

/** The scene with seeded harmonics of a degree, and base colours about grey, so that some channels are clamped at 0. */
export function withHarmonics(gaussians: GaussianArrays, degree: 1 | 2 | 3, seed: number): GaussianArrays {
  const next = seededRandom(seed);
  const rest = [3, 8, 15][degree - 1];
  return {
    ...gaussians,
    shRest: Float32Array.from({ length: gaussians.opacityLogits.length * rest * 3 }, () => 0.6 * (2 * next() - 1)),
  };
}

/** An image of seeded noise as background or gradient, f32 [H, W, channels]. */
export function noise(camera: Camera, seed: number, channels = 3, low = 0, high = 1): Float32Array {
  const next = seededRandom(seed);
  return Float32Array.from({ length: camera.width * camera.height * channels }, () => low + (high - low) * next());
}

const grey: Background = [0.2, 0.4, 0.6];
const turned: readonly number[] = [0.8, 0, -0.6, 1.5, 0.36, 0.8, 0.48, -1.2, 0.48, -0.6, 0.64, 0.9, 0, 0, 0, 1];

/** The scenes: every count about a unit of work, and what is known to go wrong. */
export const CASES: readonly Case[] = [
  ...[0, 1, 127, 128, 129, 255, 256, 257].map((count) => ({
    name: `${count} Gaussians`,
    gaussians: cloud(count, 11 + count),
    camera: cameraOf(48, 33),
    background: grey,
  })),
  { name: 'a 1x1 image', gaussians: cloud(60, 2), camera: cameraOf(1, 1), background: grey },
  {
    name: 'a 1x1 image over an image',
    gaussians: cloud(60, 2),
    camera: cameraOf(1, 1),
    background: Float32Array.of(0.1, 0.7, 0.3),
  },
  { name: 'sides of one tile', gaussians: cloud(90, 3), camera: cameraOf(16, 16), background: grey },
  { name: 'sides one above a tile', gaussians: cloud(90, 4), camera: cameraOf(17, 33), background: grey },
  { name: 'sides one below a tile', gaussians: cloud(90, 5), camera: cameraOf(47, 15), background: grey },
  {
    name: 'a background image',
    gaussians: cloud(80, 6),
    camera: cameraOf(40, 24),
    background: noise(cameraOf(40, 24), 1),
  },
  {
    name: 'an off-centre, unequal focal length',
    gaussians: cloud(80, 7),
    camera: cameraOf(40, 24, { fx: 55, fy: 31, cx: 3.25, cy: 20.5 }),
    background: grey,
  },
  {
    name: 'a turned camera',
    gaussians: cloud(80, 8, { depth: [-1, 4] }),
    camera: cameraOf(40, 40, { worldToCamera: turned }),
    background: grey,
  },
  {
    name: 'behind and at the camera',
    gaussians: cloud(120, 9, { depth: [-1, 1], logScale: [-5, -3] }),
    camera: cameraOf(32, 32, { near: 0.2 }),
    background: grey,
  },
  {
    name: 'far outside the view',
    gaussians: cloud(60, 10, { depth: [0.3, 0.8], logScale: [-2, -0.5] }),
    camera: cameraOf(32, 32),
    background: grey,
  },
  {
    name: 'one that covers the screen',
    gaussians: listed([{ mean: [0.1, 0, 2], scale: [3, 3, 0.1], logit: 2 }]),
    camera: cameraOf(50, 35),
    background: grey,
  },
  {
    name: 'long needles at all angles',
    gaussians: listed(
      Array.from({ length: 24 }, (_, i) => ({
        mean: [0, 0, 2 + 0.01 * i],
        quat: [Math.cos((Math.PI * i) / 48), 0, 0, Math.sin((Math.PI * i) / 48)],
        scale: [2, 1e-5, 1e-5],
        logit: -1,
        color: [i / 24, 0.5, 1 - i / 24],
      })),
    ),
    camera: cameraOf(64, 64),
    background: grey,
  },
  {
    // 17 columns and 10 rows: all of it, wide, tall and slanting ones, beside small ones in its corners
    name: 'more tiles than a record lists',
    gaussians: listed([
      { mean: [0, 0, 2.4], scale: [2, 2, 0.1], logit: 0 },
      { mean: [0.1, 0.2, 2.3], scale: [2, 0.02, 0.1] },
      { mean: [0.4, 0, 2.2], scale: [0.02, 2, 0.1], color: [0.1, 0.8, 0.3] },
      { mean: [0, 0, 2.1], quat: [0.97, 0, 0, 0.24], scale: [2, 0.01, 0.01], color: [0.2, 0.3, 0.9] },
      { mean: [0, 0.05, 2], quat: [0.5, 0, 0, 0.87], scale: [0.7, 0.05, 0.01], color: [0.9, 0.9, 0.1] },
      ...[-0.95, 0.95].flatMap((x) => [-0.55, 0.55].map((y) => ({ mean: [x, y, 2], scale: [0.05, 0.03, 0.04] }))),
    ]),
    camera: cameraOf(272, 160),
    background: grey,
  },
  {
    name: 'points smaller than a pixel',
    gaussians: cloud(200, 12, { logScale: [-14, -9], logit: [2, 4] }),
    camera: cameraOf(32, 32),
    background: grey,
  },
  {
    name: 'opacities at both clamps',
    gaussians: listed(
      [-60, -5.6, -5.5, -5, 4.5, 4.7, 12, 60].map((logit, i) => ({
        mean: [-0.7 + 0.2 * i, 0.3 * Math.sin(i), 2 + i / 10],
        scale: [0.15, 0.2, 0.1],
        logit,
      })),
    ),
    camera: cameraOf(48, 32),
    background: grey,
  },
  {
    name: 'equal depths',
    gaussians: listed(
      Array.from({ length: 40 }, (_, i) => ({
        mean: [0.3 * Math.cos(i), 0.3 * Math.sin(i), 2],
        scale: [0.2, 0.1, 0.1],
        color: [i / 40, (i * 7) % 2, 1 - i / 40],
      })),
    ),
    camera: cameraOf(32, 32),
    background: grey,
  },
  {
    name: 'opaque layers that stop pixels',
    gaussians: cloud(400, 13, { logScale: [-1.5, -0.5], logit: [2, 8] }),
    camera: cameraOf(40, 40),
    background: grey,
  },
  ...([1, 2, 3] as const).map((degree) => ({
    name: `spherical harmonics of degree ${degree}`,
    gaussians: withHarmonics(cloud(60, 15), degree, degree),
    camera: cameraOf(33, 24, { worldToCamera: turned }),
    background: grey,
  })),
  {
    name: 'opacity compensation',
    gaussians: cloud(90, 16, { logScale: [-7, -2] }),
    camera: cameraOf(33, 24),
    background: grey,
    compensateOpacity: true,
  },
  {
    name: 'opacity compensation and harmonics',
    gaussians: withHarmonics(cloud(60, 17, { logScale: [-6, -2] }), 2, 9),
    camera: cameraOf(24, 33, { worldToCamera: turned }),
    background: noise(cameraOf(24, 33), 7),
    compensateOpacity: true,
  },
  {
    name: 'quaternions far from unit length',
    gaussians: { ...cloud(50, 14), quats: cloud(50, 14).quats.map((q, i) => q * 10 ** (((i >> 2) % 13) - 6)) },
    camera: cameraOf(32, 32),
    background: grey,
  },
];
