import { expect, test } from 'vitest';
import { seededRandom } from '@soliloquy/testing';
import { speckShare } from '../src/index.ts';

const [WIDTH, HEIGHT] = [24, 20];
const everywhere = new Uint8Array(WIDTH * HEIGHT).fill(1);
/** Pixels whose neighbourhood is whole. */
const WHOLE = (WIDTH - 4) * (HEIGHT - 4);

function flat(): Uint8ClampedArray {
  return Uint8ClampedArray.from({ length: WIDTH * HEIGHT * 4 }, (_, i) => (i % 4 === 3 ? 255 : 100));
}
const shareOf = (data: Uint8ClampedArray, mask: Uint8Array = everywhere): number =>
  speckShare({ width: WIDTH, height: HEIGHT, data, mask }, 40);

test('single pixels that are lighter or darker in some channel are counted, up to the levels and no edge', () => {
  const data = flat();
  data[(5 * WIDTH + 5) * 4] = 141;
  data[(9 * WIDTH + 12) * 4 + 2] = 59;
  data[(14 * WIDTH + 8) * 4 + 1] = 140;
  for (let y = 0; y < HEIGHT; y++) data.fill(200, (y * WIDTH + 18) * 4, (y + 1) * WIDTH * 4);
  expect(shareOf(data)).toBeCloseTo(2 / WHOLE, 12);
});

test('what the mask leaves out does not count; where nothing counts there is no share', () => {
  const data = flat();
  data[(5 * WIDTH + 5) * 4] = 255;
  const mask = new Uint8Array(WIDTH * HEIGHT);
  mask.fill(1, 5 * WIDTH + 4, 5 * WIDTH + 8);
  expect(shareOf(data, mask)).toBe(1 / 4);
  expect(shareOf(data, new Uint8Array(WIDTH * HEIGHT))).toBeNaN();
});

test('of noise it is what sorting the neighbourhoods says', () => {
  const random = seededRandom(3);
  const data = flat().map((value, i) => (i % 4 === 3 ? value : 255 * random()));
  let specks = 0;
  for (let y = 2; y < HEIGHT - 2; y++)
    for (let x = 2; x < WIDTH - 2; x++) {
      const isSpeck = [0, 1, 2].some((channel) => {
        const near: number[] = [];
        for (let dy = -2; dy <= 2; dy++)
          for (let dx = -2; dx <= 2; dx++) near.push(data[((y + dy) * WIDTH + x + dx) * 4 + channel]);
        return Math.abs(data[(y * WIDTH + x) * 4 + channel] - near.sort((a, b) => a - b)[12]) > 40;
      });
      if (isSpeck) specks++;
    }
  expect(specks).toBeGreaterThan(50);
  expect(shareOf(data)).toBeCloseTo(specks / WHOLE, 12);
});
