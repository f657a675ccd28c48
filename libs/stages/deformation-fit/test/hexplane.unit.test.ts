import { beforeAll, describe, expect, test } from 'vitest';
import { stageContext } from '@soliloquy/testing';
import { gesture, movingBody, type MovingBody } from '../bench/moving-body.ts';
import { run as controlNodes } from '../src/backbones/control-nodes.ts';
import { run } from '../src/backbones/hexplane.ts';
import { deformationFitStage } from '../src/index.ts';

const HEIGHT = 96;
const common = { area: 64 * HEIGHT, faceArea: 16_000, particles: 80 };
const params = {
  ...deformationFitStage.params.parse(common),
  ...deformationFitStage.backbones.hexplane.params.parse({ ...common, fieldSteps: 200 }),
};

type Fit = Awaited<ReturnType<typeof run>>;
const fit = (scene: MovingBody, ctx = stageContext()): Promise<Fit> | Fit =>
  run({ gaussians: scene.gaussians, background: scene.background, video: scene.video }, params, ctx);

describe('a clip of a body that particles moved', () => {
  let scene: MovingBody;
  let result: Fit;
  beforeAll(async () => {
    scene = await movingBody(600, HEIGHT, 6, gesture);
    result = await fit(scene);
  });

  test('is shown by the field at least as well as by control nodes', async () => {
    const nodes = await controlNodes(
      { gaussians: scene.gaussians, background: scene.background, video: scene.video },
      { ...params, ...deformationFitStage.backbones['control-nodes'].params.parse(common) },
      stageContext(),
    );
    expect(result.metrics.values.psnr).toBeGreaterThan(nodes.metrics.values.psnr - 0.5);
    expect(result.metrics.values.gain).toBeGreaterThan(10);
  });

  test('gives particles, as control nodes do, so that what follows need not know', () => {
    const { deformation } = result;
    if (deformation.kind !== 'particles') throw new Error('expected particles');
    expect(deformation).toMatchObject({ frames: 6, fps: 25, count: scene.gaussians.count });
    for (let i = 2; i < deformation.translations.length; i += 3) expect(deformation.translations[i]).toBe(0);
  });

  test('is fitted to the same bytes again', async () => {
    const again = await fit(scene);
    expect(again.deformation).toEqual(result.deformation);
  });

  test('stops when it is told to, while the field learns too', async () => {
    const controller = new AbortController();
    const progress = (done: number): void => {
      if (done === 6) setTimeout(() => controller.abort(), 5);
    };
    await expect(fit(scene, stageContext({ signal: controller.signal, progress }))).rejects.toThrow(/abort/i);
  });
});
