import { describe, expect, test } from 'vitest';
import { seededRandom } from '@soliloquy/testing';
import { laplacianVariance, psnr, ssim } from '../src/index.ts';

const width = 20;
const height = 14;
const random = seededRandom(3);
const target = Float32Array.from({ length: width * height * 3 }, () => random());
const image = target.map((value, i) => value + (i % 2 === 0 ? 0.1 : -0.1));
const whole = { width, height, image, target };
/** 1 in the left half */
const left = Uint8Array.from({ length: width * height }, (_, i) => (i % width < width / 2 ? 1 : 0));

describe('psnr', () => {
  test('an error of 0.1 everywhere is 20 dB', () => {
    expect(psnr(whole)).toBeCloseTo(20, 4);
  });

  test('equal pictures are infinitely alike', () => {
    expect(psnr({ ...whole, image: target })).toBe(Infinity);
  });

  test('only masked pixels count: what differs elsewhere changes nothing', () => {
    const spoiled = image.map((value, i) => (left[Math.floor(i / 3)] ? value : 9));
    expect(psnr({ ...whole, image: spoiled, mask: left })).toBeCloseTo(20, 4);
    expect(psnr({ ...whole, image: spoiled })).toBeLessThan(0);
  });

  test('a mask is yes or no: a small weight counts as one', () => {
    expect(psnr({ ...whole, mask: Float32Array.from(left, (value) => value * 0.01) })).toBe(
      psnr({ ...whole, mask: left }),
    );
  });

  test('no pixel, no number', () => {
    expect(psnr({ ...whole, mask: new Uint8Array(width * height) })).toBeNaN();
    expect(ssim({ ...whole, mask: new Uint8Array(width * height) })).toBeNaN();
  });
});

describe('ssim', () => {
  test('equal pictures have 1, whichever of them is the target does not matter', () => {
    expect(ssim({ ...whole, image: target })).toBeCloseTo(1, 12);
    expect(ssim(whole)).toBeLessThan(0.99);
    expect(ssim({ ...whole, image: target, target: image })).toBeCloseTo(ssim(whole), 12);
  });

  test('a mask keeps out what is further than the window from its pixels', () => {
    const spoiled = image.map((value, i) => (Math.floor(i / 3) % width < width / 2 + 5 ? value : 9));
    expect(ssim({ ...whole, image: spoiled, mask: left })).toBeCloseTo(ssim({ ...whole, mask: left }), 12);
    const near = image.map((value, i) => (Math.floor(i / 3) % width < width / 2 ? value : 9));
    expect(ssim({ ...whole, image: near, mask: left })).not.toBeCloseTo(ssim({ ...whole, mask: left }), 2);
  });

  test('pictures smaller than half a window are mirrored as often as it takes', () => {
    const small = { width: 2, height: 1, image: [0, 0, 0, 1, 1, 1], target: [0, 0, 0, 1, 1, 1] };
    expect(ssim(small)).toBeCloseTo(1, 12);
  });
});

describe('laplacianVariance', () => {
  /** Grey [H, W] to [H, W, 3]. */
  const grey = (values: number[]): number[] => values.flatMap((value) => [value, value, value]);

  test('two inner pixels worked by hand', () => {
    // 4x3; Laplacians of the two inner pixels: 0 + 3 + 2 + 0 − 4·1 = 1 and 1 + 0 + 0 + 1 − 4·3 = −10; mean −4.5,
    // variance 5.5².
    const picture = grey([0, 2, 0, 0, 0, 1, 3, 0, 0, 0, 1, 0]);
    expect(laplacianVariance(picture, 4, 3, { x0: 0, y0: 0, x1: 4, y1: 3 })).toBeCloseTo(30.25, 10);
  });

  test('a ramp is not sharp, however steep', () => {
    const ramp = grey(Array.from({ length: 64 }, (_, i) => 5 * (i % 8) + 3 * Math.floor(i / 8)));
    expect(laplacianVariance(ramp, 8, 8, { x0: 0, y0: 0, x1: 8, y1: 8 })).toBeCloseTo(0, 10);
  });

  test('channels count as Rec. 709 weighs them', () => {
    const point = (channel: number): number => {
      const picture = new Array<number>(25 * 3).fill(0);
      picture[12 * 3 + channel] = 1;
      return laplacianVariance(picture, 5, 5, { x0: 0, y0: 0, x1: 5, y1: 5 });
    };
    expect(point(1) / point(0)).toBeCloseTo((0.7152 / 0.2126) ** 2, 8);
    expect(point(1) / point(2)).toBeCloseTo((0.7152 / 0.0722) ** 2, 8);
  });

  test('what is outside the box by more than a pixel changes nothing', () => {
    const box = { x0: 4, y0: 4, x1: 9, y1: 9 };
    const spoiled = target.map((value, i) => {
      const x = Math.floor(i / 3) % width;
      const y = Math.floor(i / 3 / width);
      return x >= 3 && x < 10 && y >= 3 && y < 10 ? value : 0;
    });
    expect(laplacianVariance(spoiled, width, height, box)).toBe(laplacianVariance(target, width, height, box));
    expect(laplacianVariance(target, width, height, { ...box, x1: 12 })).not.toBe(
      laplacianVariance(target, width, height, box),
    );
  });

  test('four channels are three and one that is not looked at', () => {
    const rgba = Array.from({ length: width * height * 4 }, (_, i) =>
      i % 4 === 3 ? 7 : target[Math.floor(i / 4) * 3 + (i % 4)],
    );
    const box = { x0: 0, y0: 0, x1: width, y1: height };
    expect(laplacianVariance(rgba, width, height, box, 4)).toBe(laplacianVariance(target, width, height, box));
  });
});
