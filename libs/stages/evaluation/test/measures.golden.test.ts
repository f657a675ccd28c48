import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { regionIndex } from '@soliloquy/gaussian-cloud';
import type { Gaussians, Image, Landmarks, ParticleDeformation, RegionName, Video } from '@soliloquy/ports';
import { lagCorrelation } from '@soliloquy/signal';
import { speechEnvelope } from '@soliloquy/speech-features';
import { mouthOpening } from '../src/evaluation/motion-measures.ts';
import { momentsOf } from '../src/statistics/moments.ts';
import { measure, tone } from './evaluate.ts';
import { hashed } from './golden-hash.ts';

/** Of `golden/measures.py`: NumPy 2.4.6, SciPy 1.17.1. */
const golden = JSON.parse(readFileSync(new URL('golden/measures.json', import.meta.url), 'utf8')) as {
  sharpness: number;
  whole: Record<string, number>;
  masked: Record<string, number>;
  motion: Record<string, number>;
  opening: number[];
  correlation: { best: number; lag: number; atZero: number };
  statistics: Record<string, { mean: number; deviation: number; count: number }>;
};

// What follows is the same in golden/measures.py.
const [W, H, FRAMES] = [40, 48, 5];
const [FX, DEPTH, MOTION_FRAMES] = [100, 5, 40];
const PARTICLES: readonly RegionName[] = [
  'torso',
  'torso',
  'leftHand',
  'head',
  'upperFace',
  'upperLip',
  'upperLip',
  'lowerLip',
  'lowerLip',
  'jaw',
];

const opaque = (data: Float64Array): Float64Array => data.map((value, i) => (i % 4 === 3 ? 255 : value));
const film = (seed: number): Float64Array =>
  opaque(hashed(FRAMES * H * W * 4, seed).map((value) => Math.floor(value * 255.999)));
function near(base: Float64Array, seed: number): Float64Array {
  const noise = hashed(base.length, seed);
  return opaque(base.map((value, i) => Math.min(255, Math.max(0, value + Math.floor(noise[i] * 41) - 20))));
}
function videoOf(data: Float64Array, matte?: Uint8ClampedArray): Video {
  const size = W * H * 4;
  return {
    width: W,
    height: H,
    fps: 25,
    frames: FRAMES,
    async *read(from = 0, to = FRAMES) {
      for (let i = from; i < to; i++) yield Uint8ClampedArray.from(data.subarray(i * size, (i + 1) * size));
    },
    ...(matte && {
      matte: {
        async *read(from = 0, to = FRAMES) {
          for (let i = from; i < to; i++) yield matte;
        },
      },
    }),
  };
}
const matte = new Uint8ClampedArray(W * H);
for (let x = 12; x < 30; x++) {
  for (let y = 14; y < 34; y++) matte[y * W + x] = 255;
  matte[13 * W + x] = 26;
  matte[34 * W + x] = 25;
}
const picture: Image = { width: W, height: H, data: Uint8ClampedArray.from(film(9).subarray(0, W * H * 4)) };
const point = (x: number, y: number) => ({ x, y, confidence: 1 });
const landmarks = {
  width: W,
  height: H,
  points: { leftEye: point(24, 15), rightEye: point(16, 15), mouthCenter: point(20, 25) },
} as unknown as Landmarks;

const gaussians = { camera: { fx: FX } } as unknown as Gaussians;
function motion(seed: number, frames = MOTION_FRAMES): ParticleDeformation {
  const count = PARTICLES.length;
  return {
    kind: 'particles',
    frames,
    fps: 25,
    particles: count,
    positions: Float32Array.from({ length: count * 3 }, (_, i) => (i % 3 === 2 ? DEPTH : i)),
    regions: Uint8Array.from(PARTICLES, regionIndex),
    translations: Float32Array.from(hashed(frames * count * 3, seed), (value) => value - 0.5),
  } as unknown as ParticleDeformation;
}
const moving = { video: videoOf(film(1)), gaussians, deformation: motion(21) };

describe('against NumPy and SciPy', () => {
  test('sharpness is the middle of the variances of the Laplacian over that of the picture', async () => {
    const { sharpness } = (await measure({ video: videoOf(film(1)), image: picture, landmarks }, { every: 2 })).values;
    expect(sharpness / golden.sharpness).toBeCloseTo(1, 9);
  });

  test('PSNR and SSIM of whole frames, every other one', async () => {
    const [video, reference] = [videoOf(near(film(1), 3)), videoOf(film(1))];
    const { psnr, ssim } = (await measure({ video, reference }, { every: 2 })).values;
    expect(psnr).toBeCloseTo(golden.whole.psnr, 4);
    expect(ssim).toBeCloseTo(golden.whole.ssim, 5);
  });

  test('and inside the matte, whose faint edge counts from a tenth on', async () => {
    const [video, reference] = [videoOf(near(film(1), 3)), videoOf(film(1), matte)];
    const { psnr, ssim } = (await measure({ video, reference }, { every: 2 })).values;
    expect(psnr).toBeCloseTo(golden.masked.psnr, 4);
    expect(ssim).toBeCloseTo(golden.masked.ssim, 5);
  });

  test('acceleration error with both baselines, and variances', async () => {
    const { values } = await measure({ ...moving, truth: motion(22), clips: [motion(31), motion(32, 30)] }, {});
    expect(Object.keys(values).sort()).toEqual(Object.keys(golden.motion).sort());
    for (const [name, value] of Object.entries(golden.motion)) expect(values[name] / value).toBeCloseTo(1, 5);
  });

  test('mouth opening, and its correlation at the best lag', () => {
    const opening = mouthOpening(gaussians, motion(21));
    golden.opening.forEach((value, frame) => expect(opening[frame]).toBeCloseTo(value, 4));
    const found = lagCorrelation(opening, Float32Array.from(hashed(MOTION_FRAMES, 77)), 12);
    expect(found.lag).toBe(golden.correlation.lag);
    expect(found.best).toBeCloseTo(golden.correlation.best, 6);
    expect(found.atZero).toBeCloseTo(golden.correlation.atZero, 6);
  });

  test('mean, deviation and count over films, also of large numbers that differ little', () => {
    const x = [...hashed(7, 5)];
    for (const [name, values] of [
      ['psnr', x.map((value) => 28.5 + 3 * value)],
      ['big', x.map((value) => 1e9 + value)],
    ] as const) {
      const { mean, deviation, count } = momentsOf(values);
      expect(mean / golden.statistics[name].mean).toBeCloseTo(1, 14);
      expect(deviation! / golden.statistics[name].deviation).toBeCloseTo(1, 6);
      expect(count).toBe(golden.statistics[name].count);
    }
  });
});

describe('sync:envelope', () => {
  const voice = tone(5, MOTION_FRAMES / 25);
  const heard = (lag: number): number => {
    // Pearson's r by its definition, of the frames that both have.
    const envelope = speechEnvelope(voice, 25, MOTION_FRAMES);
    const pairs = golden.opening.flatMap((opening, frame) =>
      envelope[frame - lag] === undefined ? [] : [[opening, envelope[frame - lag]]],
    );
    const [ma, mb] = [0, 1].map((side) => pairs.reduce((sum, pair) => sum + pair[side], 0) / pairs.length);
    const sum = (of: (a: number, b: number) => number): number =>
      pairs.reduce((total, [a, b]) => total + of(a - ma, b - mb), 0);
    return sum((a, b) => a * b) / Math.sqrt(sum((a) => a * a) * sum((_, b) => b * b));
  };
  const lags = Array.from({ length: 25 }, (_, i) => i - 12);
  const best = Math.max(...lags.map(heard));

  test('is the highest correlation over ±12 frames, and its lag is how far from zero that lies', async () => {
    const { values } = await measure({ ...moving, audio: voice }, {});
    expect(values['sync:envelope']).toBeCloseTo(best, 5);
    expect(values['sync:envelope-lag']).toBe(Math.abs(lags.find((lag) => heard(lag) === best)!));
    expect(values).not.toHaveProperty('sync:envelope/other');
  });

  test('of other voices is that of the likest', async () => {
    const quiet = tone(99, MOTION_FRAMES / 25);
    const alone = (await measure({ ...moving, audio: quiet }, {})).values['sync:envelope'];
    const { values } = await measure({ ...moving, audio: quiet, voices: [quiet, voice] }, {});
    expect(values['sync:envelope/other']).toBeCloseTo(Math.max(best, alone), 5);
  });
});
