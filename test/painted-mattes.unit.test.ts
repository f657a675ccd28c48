import { expect, test } from 'vitest';
import type { Image } from '@soliloquy/ports';
import { referenceStage } from '@soliloquy/reference';
import { loadBackbone } from '@soliloquy/stage';
import { stageContext } from '@soliloquy/testing';
import { boundaryScore, overlap } from './fixture/matte-scores.ts';
import { paintedOver } from './fixture/painted-people.ts';

/** People painted over photographs: their mattes are known exactly. */
const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1);
/** Far above what they take on two busy cores. */
const PATIENCE_MS = 400_000;

test(
  'mattes of twenty people painted over photographs are right on the mean, in area and outline, and none is far off',
  async () => {
    const { run } = await loadBackbone('reference.networks', referenceStage.backbones.networks);
    const scores: { readonly area: number; readonly outline: number }[] = [];
    for (const seed of SEEDS) {
      const { image, matte } = await paintedOver(seed);
      const inputs = { image, landmarks: undefined, background: undefined };
      const made = (await run(inputs as never, { area: 0 } as never, stageContext())) as { readonly image: Image };
      const found = matte.map((_, i) => made.image.data[4 * i + 3] / 255);
      scores.push({ area: overlap(found, matte), outline: boundaryScore(found, matte, image) });
    }
    const mean = (of: 'area' | 'outline'): number => scores.reduce((sum, score) => sum + score[of], 0) / scores.length;
    expect(mean('area')).toBeGreaterThan(0.985);
    expect(mean('outline')).toBeGreaterThan(0.95);
    // The worst is one before a rocket, which the masks take for hair: 0.927 and 0.894.
    for (const [i, { area, outline }] of scores.entries()) {
      expect(area, `seed ${SEEDS[i]}`).toBeGreaterThan(0.92);
      expect(outline, `seed ${SEEDS[i]}`).toBeGreaterThan(0.88);
    }
  },
  PATIENCE_MS,
);

test('scores are 1 for the same matte, and fall as it is moved', () => {
  const size = { width: 40, height: 40 };
  const square = (left: number): Float32Array =>
    Float32Array.from({ length: 1600 }, (_, i) =>
      i % 40 >= left && i % 40 < left + 20 && i >= 400 && i < 1200 ? 1 : 0,
    );
  expect(overlap(square(10), square(10))).toBe(1);
  expect(overlap(square(10), square(15))).toBeCloseTo(15 / 25, 12);
  expect(boundaryScore(square(10), square(10), size)).toBe(1);
  expect(boundaryScore(square(10), square(13), size)).toBe(1);
  // Of each outline the side of 20 pixels that is 4 away, less where top and bottom reach it, and the corners beyond.
  expect(boundaryScore(square(10), square(14), size)).toBeLessThan(0.9);
});
