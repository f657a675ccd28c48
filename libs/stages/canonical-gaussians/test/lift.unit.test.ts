import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { regionIndex } from '@soliloquy/gaussian-cloud';
import { psnr } from '@soliloquy/image-quality';
import { alphaOf, rgbOf } from '@soliloquy/media';
import type { Gaussians, Image } from '@soliloquy/ports';
import { createRasterizer, decodePly, type Rasterizer } from '@soliloquy/splat';
import { compareArrays, paintedPerson, stageContext, WHOLE_PERSON } from '@soliloquy/testing';
import { run } from '../src/backbones/lift.ts';
import { distanceToOutside } from '../src/distance-transform.ts';
import { canonicalGaussiansStage } from '../src/index.ts';
import { REPORT_EVERY } from '../src/refine.ts';

const { width: WIDTH, height: HEIGHT } = WHOLE_PERSON;
const person = paintedPerson();

const params = {
  ...canonicalGaussiansStage.params.parse({ count: 3000, area: WIDTH * HEIGHT }),
  ...canonicalGaussiansStage.backbones.lift.params.parse({ steps: 60 }),
};
const { image, landmarks, background } = person;
type Lift = Awaited<ReturnType<typeof run>>;
const lift = async (ctx = stageContext(), given: Partial<typeof params> = {}): Promise<Lift> =>
  run({ image, landmarks, background, file: undefined }, { ...params, ...given }, ctx);

/** Coverage by the person of each pixel that is further than `margin` from the matte's nearest opaque pixel. */
const matte = alphaOf(image);
const toMatte = distanceToOutside(
  matte.map((value) => (value > 0.02 ? 0 : 1)),
  WIDTH,
  HEIGHT,
);

/** The Gaussians without those of some regions. */
function without(gaussians: Gaussians, names: readonly ('mouthInterior' | 'leftEyelid' | 'rightEyelid')[]): Gaussians {
  const regions = names.map(regionIndex);
  const kept = Array.from(gaussians.regions.keys()).filter((n) => !regions.includes(gaussians.regions[n]));
  const take = (values: Float32Array, width: number): Float32Array =>
    Float32Array.from(kept.flatMap((n) => [...values.subarray(n * width, n * width + width)]));
  const { means, quats, logScales, opacityLogits, colors, camera } = gaussians;
  return {
    count: kept.length,
    camera,
    means: take(means, 3),
    quats: take(quats, 4),
    logScales: take(logScales, 3),
    opacityLogits: take(opacityLogits, 1),
    colors: take(colors, 3),
    regions: Uint8Array.from(kept, (n) => gaussians.regions[n]),
  };
}

describe('a painted person, lifted', () => {
  let result: Lift;
  let gaussians: Gaussians;
  let rasterizer: Rasterizer;
  const render = (of: Gaussians): { color: Float32Array; transmittance: Float32Array } =>
    rasterizer.render(of, of.camera, [0, 1, 0]);
  beforeAll(async () => {
    rasterizer = await createRasterizer();
    result = await lift();
    gaussians = result.gaussians;
  });
  afterAll(() => rasterizer.dispose());

  test('looks like the picture, more so for every refinement', () => {
    const { psnr: fidelity, sharpness } = result.metrics.values;
    expect(fidelity).toBeGreaterThan(34);
    expect(sharpness).toBeGreaterThan(0.8);
    const { refinement } = result.metrics.curves ?? {};
    expect(refinement).toHaveLength(60 / REPORT_EVERY);
    expect(refinement[11]).toBeLessThan(0.5 * refinement[0]);
  });

  test('has about as many Gaussians as asked for, with the hidden ones beside', () => {
    expect(gaussians.count).toBe(result.metrics.values.gaussians);
    expect(gaussians.count).toBeGreaterThan(1.05 * params.count);
    expect(gaussians.count).toBeLessThan(1.3 * params.count);
  });

  test('has no floating splats: nothing covers what is three pixels from the person, and no centre lies there', () => {
    const { transmittance } = render(gaussians);
    const { fx, fy, cx, cy } = gaussians.camera;
    for (let i = 0; i < transmittance.length; i++)
      if (toMatte[i] > 3) expect(1 - transmittance[i], `at ${i % WIDTH}, ${Math.floor(i / WIDTH)}`).toBeLessThan(0.02);
    for (let n = 0; n < gaussians.count; n++) {
      const [x, y, z] = gaussians.means.subarray(n * 3, n * 3 + 3);
      const column = Math.floor((fx * x) / z + cx);
      const row = Math.floor((fy * y) / z + cy);
      expect(toMatte[row * WIDTH + column], `Gaussian ${n} at ${column}, ${row}`).toBeLessThan(2);
    }
  });

  test('has no holes: two pixels inside the outline the wall is not seen through it', () => {
    const { transmittance } = render(gaussians);
    const inside = distanceToOutside(
      matte.map((value) => (value > 0.98 ? 1 : 0)),
      WIDTH,
      HEIGHT,
    );
    const seen = Array.from(transmittance).filter((_, i) => inside[i] > 2);
    expect(seen.reduce((sum, value) => sum + value, 0) / seen.length).toBeLessThan(0.02);
    expect(Math.max(...seen)).toBeLessThan(0.1);
  });

  test('keeps the inside of the mouth hidden at rest', () => {
    const whole = render(gaussians).color;
    const closed = render(without(gaussians, ['mouthInterior'])).color;
    expect(gaussians.regions.includes(regionIndex('mouthInterior'))).toBe(true);
    const { rootMeanSquare } = compareArrays('without the mouth', closed, whole, { absolute: 0.05 });
    expect(rootMeanSquare).toBeLessThan(0.001);
  });

  test('has lids that are not seen while the eyes are open, and a whole face behind them', () => {
    const mask = matte.map((_, i) => (i % WIDTH > 50 && i % WIDTH < 78 && i > 26 * WIDTH && i < 40 * WIDTH ? 1 : 0));
    const target = rgbOf(image);
    const eyes = (of: Gaussians): number =>
      psnr({ width: WIDTH, height: HEIGHT, image: render(of).color, target, mask });
    expect(eyes(gaussians)).toBeGreaterThan(36);
    expect(eyes(without(gaussians, ['leftEyelid', 'rightEyelid']))).toBeGreaterThan(36);
  });

  test('has Gaussians of every region that the picture shows, left ones on the right of the picture', () => {
    const centers = new Map<number, number[]>();
    for (let n = 0; n < gaussians.count; n++)
      centers.set(gaussians.regions[n], [...(centers.get(gaussians.regions[n]) ?? []), gaussians.means[n * 3]]);
    expect(centers.size).toBe(19);
    for (const part of ['Hand', 'Forearm', 'UpperArm', 'Shoulder', 'Eyelid'] as const) {
      expect(Math.min(...centers.get(regionIndex(`left${part}`))!)).toBeGreaterThan(0);
      expect(Math.max(...centers.get(regionIndex(`right${part}`))!)).toBeLessThan(0);
    }
  });

  test('has its hands before its body', () => {
    const depth = (...names: ('leftHand' | 'rightHand' | 'torso')[]): number => {
      const of = names.map(regionIndex);
      const z = Array.from(gaussians.regions.keys())
        .filter((n) => of.includes(gaussians.regions[n]))
        .map((n) => gaussians.means[n * 3 + 2]);
      return z.reduce((sum, value) => sum + value, 0) / z.length;
    };
    expect(depth('leftHand', 'rightHand')).toBeLessThan(depth('torso'));
  });

  test('is in avatar.ply as it is', () => {
    expect(result.ply.name).toBe('avatar.ply');
    const read = decodePly(result.ply.bytes);
    compareArrays('means', read.means, gaussians.means, { absolute: 0 });
    compareArrays('logScales', read.logScales, gaussians.logScales, { absolute: 0 });
    compareArrays('colors', read.colors, gaussians.colors, { absolute: 1e-6 });
  });

  test('is the same bytes again, and with two threads', async () => {
    const again = await lift(stageContext({ threads: 2 }));
    for (const key of ['means', 'quats', 'logScales', 'opacityLogits', 'colors', 'regions'] as const)
      expect(Buffer.compare(Buffer.from(again.gaussians[key].buffer), Buffer.from(gaussians[key].buffer)), key).toBe(0);
    expect(again.metrics).toEqual(result.metrics);
  });
});

describe('refinement', () => {
  test('is what makes it sharp: without steps it is softer, and it stops when it is told to', async () => {
    const soft = await lift(stageContext(), { steps: 0 });
    expect(soft.metrics.values.psnr).toBeLessThan(30);
    const controller = new AbortController();
    const heard: number[] = [];
    const progress = (done: number): void => {
      heard.push(done);
      if (done === 2 * REPORT_EVERY) controller.abort();
    };
    await expect(lift(stageContext({ signal: controller.signal, progress }))).rejects.toThrow(/abort/i);
    expect(heard).toEqual([REPORT_EVERY, 2 * REPORT_EVERY]);
  });
});

describe('what cannot be lifted', () => {
  test('a matte that is empty is refused with a word on what to do', async () => {
    const nobody: Image = { ...image, data: image.data.map((value, i) => (i % 4 === 3 ? 0 : value)) };
    await expect(
      (async () => run({ image: nobody, landmarks, background, file: undefined }, params, stageContext()))(),
    ).rejects.toMatchObject({
      code: 'stage.no-person',
      message: expect.stringMatching(/^canonical-gaussians\.image: expected .*, got .*; check/),
    });
  });
});
