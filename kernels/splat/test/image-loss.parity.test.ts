import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRasterizer, referenceImageLoss } from '../src/index.ts';
import type { Rasterizer } from '../src/index.ts';
import { agreement, digest } from './agreement.ts';
import { cameraOf, cloud, noise } from './cases.ts';

let rasterizer: Rasterizer;
beforeAll(async () => {
  rasterizer = await createRasterizer({ threads: 2 });
});
afterAll(() => rasterizer.dispose());

/** A picture with smooth parts, edges and noise, and a second one near it. */
function pair(width: number, height: number): { image: Float32Array; target: Float32Array } {
  const grain = noise(cameraOf(width, height), 3);
  const target = grain.map((value, i) => {
    const pixel = Math.floor(i / 3);
    return 0.5 + 0.3 * Math.sin((pixel % width) / 5 + (i % 3)) + (Math.floor(pixel / width) % 9 < 4 ? 0.1 : 0) + 0.05 * value;
  });
  return { target, image: target.map((value, i) => value + 0.1 * (grain[(7 * i) % grain.length] - 0.5)) };
}

test.each([[1, 1], [2, 3], [5, 11], [11, 5], [17, 9], [33, 40], [64, 31]])('value and gradient agree with the f64 reference on %ix%i pixels', (width, height) => {
  const images = pair(width, height);
  for (const weights of [undefined, noise(cameraOf(width, height), 8, 1), noise(cameraOf(width, height), 9, 1).map((value, i) => (i === 0 || value > 0.5 ? 1 : 0))]) {
    for (const ssimWeight of [0, 0.2, 1]) {
      const input = { width, height, ...images, weights, ssimWeight };
      const ours = rasterizer.imageLoss(input);
      const judge = referenceImageLoss(input);
      expect(Math.abs(ours.value - judge.value)).toBeLessThan(1e-5);
      expect(Math.abs(ours.l1 - judge.l1)).toBeLessThan(1e-6);
      if (ssimWeight === 0) expect(ours.ssim).toBeNaN();
      else expect(Math.abs(ours.ssim - judge.ssim)).toBeLessThan(1e-5);
      const { relative, cosine } = agreement(ours.gradient, judge.gradient);
      expect(relative).toBeLessThan(1e-3);
      expect(cosine).toBeGreaterThan(0.9999);
    }
  }
});

test('an image against itself has no loss, SSIM 1 and no gradient', () => {
  const { target } = pair(40, 30);
  const loss = rasterizer.imageLoss({ width: 40, height: 30, image: target, target });
  expect(loss.l1).toBe(0);
  expect(loss.ssim).toBeCloseTo(1, 5);
  expect(Math.max(...loss.gradient.map(Math.abs))).toBeLessThan(1e-7);
});

test('a loss of another size between render and backward changes nothing', () => {
  const gaussians = cloud(100, 4);
  const camera = cameraOf(40, 24);
  const color = noise(camera, 4, 3, -1, 1);
  rasterizer.render(gaussians, camera, [0, 0, 0]);
  const alone = digest(rasterizer.backward({ color }));
  rasterizer.render(gaussians, camera, [0, 0, 0]);
  rasterizer.imageLoss({ width: 64, height: 31, ...pair(64, 31) });
  expect(digest(rasterizer.backward({ color }))).toBe(alone);
});
