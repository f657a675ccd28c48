import { describe, expect, test } from 'vitest';
import type { Landmarks } from '@soliloquy/ports/landmarks';
import { writeHeat } from '../src/compare/difference.ts';
import { bestOf, differs } from '../src/compare/figure-words.ts';
import { faceBox } from '../src/compare/find-face.ts';
import { changeWords, isBetter } from '../src/graph/run-words.ts';

describe('a difference in pixels', () => {
  test('is the mean over all colours, as numpy gives it; heat is of the channel that is farthest apart', () => {
    const a = Uint8ClampedArray.of(10, 20, 30, 255, 0, 0, 0, 255, 200, 100, 50, 255);
    const b = Uint8ClampedArray.of(13, 20, 28, 255, 0, 0, 0, 255, 100, 100, 50, 255);
    const heat = new Uint8ClampedArray(12);
    // np.abs(a.astype(int) - b)[..., :3].mean() == 11.6666…
    expect(writeHeat(a, b, 4, heat)).toBeCloseTo(35 * (1 / 3), 12);
    expect([...heat]).toEqual([36, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 255]);
    writeHeat(a, b, 1, heat);
    expect([...heat.slice(8)]).toEqual([255, 45, 0, 255]);
  });
});

describe('figures', () => {
  test('that are shown alike are ties: all of the best are best, and none where all are alike', () => {
    expect(bestOf({ better: 'lower', values: [1.423, 1.423, 2, null] })).toEqual([0, 1]);
    expect(bestOf({ better: 'higher', values: [0.5, 0.50000099, 0.1] })).toEqual([0, 1]);
    expect(bestOf({ better: 'higher', values: [0.5, 0.50000099] })).toEqual([]);
    expect(bestOf({ values: [1, 2] })).toEqual([]);
    expect([differs({ values: [0.5, 0.50000099] }), differs({ values: [0.5, null] })]).toEqual([false, true]);
  });
  test('changed by nothing that is shown are the same, and neither better nor worse', () => {
    expect([changeWords(3, 1), changeWords(1, 3), changeWords(0.50000099, 0.5)]).toEqual(['+2', '−2', 'same']);
    expect([isBetter(3, 1, 'lower'), isBetter(3, 1, 'higher'), isBetter(0.50000099, 0.5, 'higher')]).toEqual([
      false,
      true,
      undefined,
    ]);
  });
});

test('the face is the head with a quarter of its size around it, in shares of the picture', () => {
  const at = (x: number, y: number): { x: number; y: number; confidence: number } => ({ x, y, confidence: 1 });
  const points = { headTop: at(50, 20), chin: at(50, 60), leftEar: at(66, 40), rightEar: at(34, 40) };
  const box = faceBox({ width: 100, height: 200, points } as unknown as Landmarks);
  expect(box.x).toBeCloseTo(0.24, 12);
  expect(box.y).toBeCloseTo(0.05, 12);
  expect(box.width).toBeCloseTo(0.52, 12);
  expect(box.height).toBeCloseTo(0.3, 12);
});
