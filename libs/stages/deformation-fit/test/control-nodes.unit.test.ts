import { beforeAll, describe, expect, test } from 'vitest';
import { allocateDeformed, evaluateDeformation } from '@soliloquy/gaussian-cloud';
import { videoFromFrames } from '@soliloquy/media';
import type { Deformation, Video } from '@soliloquy/ports';
import { stageContext } from '@soliloquy/testing';
import { gesture, movingBody, type MovingBody } from '../bench/moving-body.ts';
import { run } from '../src/backbones/control-nodes.ts';
import { deformationFitStage } from '../src/index.ts';

const FRAMES = 14;
const HEIGHT = 96;
const params = {
  ...deformationFitStage.params.parse({ area: 64 * HEIGHT }),
  ...deformationFitStage.backbones['control-nodes'].params.parse({ particles: 120, steps: 4 }),
};

type Fit = Awaited<ReturnType<typeof run>>;
const fit = (scene: MovingBody, ctx = stageContext()): Promise<Fit> | Fit =>
  run({ gaussians: scene.gaussians, background: scene.background, video: scene.video }, params, ctx);

/** Root mean square distance in pixels of where Gaussians are from where they should be, over frames. */
function displacementError(scene: MovingBody, meansAt: (frame: number) => Float32Array): number {
  const { fx } = scene.gaussians.camera;
  let sum = 0;
  scene.means.forEach((want, frame) => {
    const got = meansAt(frame);
    for (let n = 0; n < scene.gaussians.count; n++)
      sum += ((got[n * 3] - want[n * 3]) ** 2 + (got[n * 3 + 1] - want[n * 3 + 1]) ** 2) * (fx / 5) ** 2;
  });
  return Math.sqrt(sum / (scene.gaussians.count * scene.means.length));
}

function fittedMeans(scene: MovingBody, deformation: Deformation): (frame: number) => Float32Array {
  return (frame) => {
    const into = allocateDeformed(scene.gaussians);
    evaluateDeformation(scene.gaussians, deformation, frame, into);
    return into.means;
  };
}

/** What makes two deformations the same bytes. */
const bytesOf = ({ deformation }: Fit): unknown => {
  if (deformation.kind !== 'particles') throw new Error('expected particles');
  return [
    deformation.translations,
    deformation.rotations,
    deformation.logScaleOffsets,
    deformation.indices,
    deformation.weights,
  ].map((values) => Buffer.from(values.buffer).toString('base64'));
};

describe('a clip of a body that particles moved', () => {
  let scene: MovingBody;
  let result: Fit;
  beforeAll(async () => {
    scene = await movingBody(1800, HEIGHT, FRAMES, gesture);
    result = await fit(scene);
  });

  test('is shown by the fit, and not by the body at rest', () => {
    const { psnr, ssim, gain, 'psnr-undeformed': undeformed } = result.metrics.values;
    expect(psnr).toBeGreaterThan(36);
    expect(ssim).toBeGreaterThan(0.98);
    expect(gain).toBeCloseTo(psnr - undeformed, 9);
    expect(gain).toBeGreaterThan(10);
  });

  test('has its motion found: Gaussians are within a fraction of a pixel of where they went', () => {
    const still = displacementError(scene, () => scene.gaussians.means);
    const found = displacementError(scene, fittedMeans(scene, result.deformation));
    expect(still).toBeGreaterThan(0.8);
    expect(found).toBeLessThan(0.25);
  });

  test('gives a deformation of the frames and Gaussians, with unit rotations about +z and no motion in depth', () => {
    const { deformation } = result;
    if (deformation.kind !== 'particles') throw new Error('expected particles');
    expect(deformation).toMatchObject({ frames: FRAMES, fps: 25, count: scene.gaussians.count });
    expect(deformation.translations).toHaveLength(FRAMES * deformation.particles * 3);
    for (let i = 0; i < FRAMES * deformation.particles; i++) {
      expect(deformation.translations[i * 3 + 2]).toBe(0);
      expect(Math.hypot(...deformation.rotations.subarray(i * 4, i * 4 + 4))).toBeCloseTo(1, 6);
      expect(deformation.rotations[i * 4 + 1]).toBe(0);
      expect(deformation.rotations[i * 4 + 2]).toBe(0);
    }
  });

  test('is fitted to the same bytes again, and with two threads', async () => {
    expect(bytesOf(await fit(scene))).toEqual(bytesOf(result));
    expect(bytesOf(await fit(scene, stageContext({ threads: 2 })))).toEqual(bytesOf(result));
  });

  test('is followed frame by frame, and stops when it is told to', async () => {
    const heard: number[] = [];
    const controller = new AbortController();
    const progress = (done: number, total: number): void => {
      heard.push(done);
      expect(total).toBe(FRAMES);
      if (done === 3) controller.abort();
    };
    await expect(fit(scene, stageContext({ signal: controller.signal, progress }))).rejects.toThrow(/abort/i);
    expect(heard).toEqual([1, 2, 3]);
  });
});

describe('a clip in which nothing moves', () => {
  test('leaves the Gaussians within a tenth of a pixel of their places', async () => {
    const scene = await movingBody(1800, HEIGHT, 4, () => [0, 0]);
    const { deformation, metrics } = await fit(scene);
    expect(displacementError(scene, fittedMeans(scene, deformation))).toBeLessThan(0.1);
    expect(metrics.values.psnr).toBeGreaterThan(45);
  });
});

describe('a clip larger than the size it is fitted at', () => {
  test('is fitted as well', async () => {
    const scene = await movingBody(1800, 2 * HEIGHT, 4, (_x, _y, _region, t) => [4 * t, -3 * t], 1);
    const { deformation, metrics } = await fit(scene);
    // pixels of the clip, of which two by two are one that is fitted
    expect(displacementError(scene, fittedMeans(scene, deformation))).toBeLessThan(0.8);
    expect(metrics.about?.psnr.text).toContain('64x96');
  });
});

describe('a clip without a matte', () => {
  test('is refused with a word on what to do', async () => {
    const { gaussians, background, video } = await movingBody(300, HEIGHT, 1, () => [0, 0]);
    const { width, height, fps, frames } = video;
    const bare: Video = videoFromFrames({ width, height, fps, frames }, (from, to) => video.read(from, to));
    await expect(
      (async () => run({ gaussians, background, video: bare }, params, stageContext()))(),
    ).rejects.toMatchObject({
      code: 'stage.no-matte',
      message: expect.stringMatching(/^deformation-fit\.video: expected .* got .*; use/),
    });
  });
});
