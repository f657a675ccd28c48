import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { psnr, ssim } from '../src/index.ts';

/** What golden/quality.py writes. */
interface Golden {
  skimage: string;
  cases: {
    name: string;
    height: number;
    width: number;
    psnr: number;
    ssimInterior: number;
    ssimFull: number;
    ssimAt: [number, number, number][];
  }[];
}

const golden = JSON.parse(readFileSync(new URL('golden/quality.json', import.meta.url), 'utf8')) as Golden;

/** The formula of golden/quality.py. */
function picture(height: number, width: number, phase: number): Float64Array {
  return Float64Array.from({ length: height * width * 3 }, (_, i) => {
    const c = i % 3;
    const x = Math.floor(i / 3) % width;
    const y = Math.floor(i / 3 / width);
    const waves = 0.5 + 0.3 * Math.sin(0.37 * x + 0.9 * c + phase) * Math.cos(0.23 * y - 0.4 * c);
    const edge = x + y > 20 ? 0.15 : 0;
    const grain = 0.05 * Math.sin(12.9898 * x + 78.233 * y + 37.719 * c + phase);
    return Math.min(1, Math.max(0, waves + edge + grain));
  });
}

const DISTORTIONS: Record<string, (target: Float64Array, height: number, width: number) => Float64Array> = {
  'other phase': (_, height, width) => picture(height, width, 0.6),
  darker: (target) => target.map((value) => 0.7 * value),
  'flat grey': (target) => target.map(() => 0.5),
  inverted: (target) => target.map((value) => 1 - value),
};

describe.each(golden.cases)(
  `$name, $width x $height, is as in scikit-image ${golden.skimage}`,
  ({ name, width, height, ...want }) => {
    const target = picture(height, width, 0);
    const compared = { width, height, image: DISTORTIONS[name](target, height, width), target };

    test('PSNR', () => {
      expect(psnr(compared)).toBeCloseTo(want.psnr, 9);
    });

    test('SSIM over all pixels, the border mirrored', () => {
      expect(ssim(compared)).toBeCloseTo(want.ssimFull, 9);
    });

    test('SSIM over what is 5 pixels from the border, which is the mean that scikit-image gives', () => {
      const mask = Float32Array.from({ length: width * height }, (_, i) => {
        const x = i % width;
        const y = Math.floor(i / width);
        return x >= 5 && x < width - 5 && y >= 5 && y < height - 5 ? 1 : 0;
      });
      expect(ssim({ ...compared, mask })).toBeCloseTo(want.ssimInterior, 9);
    });

    test('SSIM of single pixels, corners among them', () => {
      for (const [y, x, value] of want.ssimAt) {
        const mask = new Uint8Array(width * height);
        mask[y * width + x] = 1;
        expect(ssim({ ...compared, mask }), `at ${x}, ${y}`).toBeCloseTo(value, 9);
      }
    });
  },
);
