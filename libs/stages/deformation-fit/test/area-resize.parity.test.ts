import { describe, expect, test } from 'vitest';
import { compareArrays, seededRandom } from '@soliloquy/testing';
import { areaResize } from '../src/area-resize.ts';

function bytes(length: number, seed: number): Uint8ClampedArray {
  const random = seededRandom(seed);
  return Uint8ClampedArray.from({ length }, () => 256 * random());
}

/** Mean over the area of each pixel of the result, pixel by pixel of the source, f64. */
function exactMean(
  source: Uint8ClampedArray,
  width: number,
  height: number,
  channels: number,
  w: number,
  h: number,
  take: number,
): number[] {
  const [sx, sy] = [width / w, height / h];
  const overlap = (from: number, to: number, cell: number): number =>
    Math.max(0, Math.min(to, cell + 1) - Math.max(from, cell));
  const out: number[] = [];
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      for (let c = 0; c < take; c++) {
        let sum = 0;
        for (let v = 0; v < height; v++)
          for (let u = 0; u < width; u++)
            sum +=
              overlap(y * sy, (y + 1) * sy, v) *
              overlap(x * sx, (x + 1) * sx, u) *
              source[(v * width + u) * channels + c];
        out.push(sum / (255 * sx * sy));
      }
    }
  }
  return out;
}

describe.each([
  [12, 18, 6, 9], // whole factor
  [13, 17, 6, 9], // fractions
  [20, 7, 3, 5],
  [6, 9, 6, 9], // as it is
  [5, 4, 10, 6], // growing is sampling of areas too
  [1, 1, 2, 2],
])('%i x %i to %i x %i', (width, height, w, h) => {
  test.each([
    [4, 3],
    [1, 1],
    [3, 2],
  ])('of %i channels the first %i are the mean of what each pixel covers', (channels, take) => {
    const source = bytes(width * height * channels, width * height);
    const into = new Float32Array(w * h * take).fill(9);
    areaResize(source, width, height, channels, into, w, h, take);
    compareArrays('areaResize', into, exactMean(source, width, height, channels, w, h, take), { absolute: 1e-6 });
  });

  test('the mean of the whole stays', () => {
    const source = bytes(width * height, 5);
    const into = new Float32Array(w * h);
    areaResize(source, width, height, 1, into, w, h, 1);
    const mean = (values: ArrayLike<number>): number =>
      Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(into)).toBeCloseTo(mean(source) / 255, 6);
  });
});

test('white stays white and black black at any fraction', () => {
  for (const value of [0, 255]) {
    const into = new Float32Array(7 * 5 * 3);
    areaResize(new Uint8ClampedArray(23 * 19 * 4).fill(value), 23, 19, 4, into, 7, 5, 3);
    compareArrays('areaResize', into, new Float32Array(into.length).fill(value / 255), { absolute: 1e-7 });
  }
});
