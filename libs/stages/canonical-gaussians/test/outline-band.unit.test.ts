import { expect, test } from 'vitest';
import { psnr } from '@soliloquy/image-quality';
import { BAND, outlineBand } from '../src/outline-band.ts';

const [WIDTH, HEIGHT] = [80, 60];
/** A person from x0 to x1 that the lower border cuts. */
const [X0, X1, TOP] = [25, 55, 20];
const isInside = (x: number, y: number): boolean => x >= X0 && x < X1 && y >= TOP;
const matte = Float32Array.from({ length: WIDTH * HEIGHT }, (_, i) =>
  isInside(i % WIDTH, Math.floor(i / WIDTH)) ? 1 : 0,
);
const band = outlineBand(matte, WIDTH, HEIGHT);
const at = (x: number, y: number): number => band[y * WIDTH + x];

test('is as many pixels to each side as it says, and none where the frame cuts the person', () => {
  for (const y of [40, HEIGHT - 1]) {
    const row = Array.from({ length: WIDTH }, (_, x) => at(x, y));
    const wanted = row.map((_, x) => Number(Math.abs(x + 0.5 - X0) < BAND || Math.abs(x + 0.5 - X1) < BAND));
    expect(row).toEqual(wanted);
  }
  const column = Array.from({ length: HEIGHT }, (_, y) => at(40, y));
  expect(column).toEqual(column.map((_, y) => Number(Math.abs(y + 0.5 - TOP) < BAND)));
});

test('what is wrong in it alone is measured in it alone: an error of a tenth is 20 dB', () => {
  const target = new Float32Array(WIDTH * HEIGHT * 3).fill(0.5);
  const image = target.map((value, i) => value + (band[Math.floor(i / 3)] === 1 ? 0.1 : 0));
  const elsewhere = target.map((value, i) => value + (band[Math.floor(i / 3)] === 1 ? 0 : 0.3));
  const shape = { width: WIDTH, height: HEIGHT, target, mask: band };
  expect(psnr({ ...shape, image })).toBeCloseTo(20, 4);
  expect(psnr({ ...shape, image: elsewhere })).toBe(Infinity);
});

test('a picture that is all person has no outline', () => {
  expect(outlineBand(new Float32Array(WIDTH * HEIGHT).fill(1), WIDTH, HEIGHT).some((value) => value > 0)).toBe(false);
});
