import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileKernel } from '../src/host/host-node.ts';
import { ThreadPool } from '../src/host/thread-pool.ts';
import { createRasterizer, Rasterizer, referenceImageLoss, type ImageLossInput } from '../src/index.ts';
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
    return (
      0.5 + 0.3 * Math.sin((pixel % width) / 5 + (i % 3)) + (Math.floor(pixel / width) % 9 < 4 ? 0.1 : 0) + 0.05 * value
    );
  });
  return { target, image: target.map((value, i) => value + 0.1 * (grain[(7 * i) % grain.length] - 0.5)) };
}

/** Value, parts and gradient against the f64 reference. */
function expectAgreement(by: Rasterizer, input: ImageLossInput): void {
  const ours = by.imageLoss(input);
  const judge = referenceImageLoss(input);
  expect(Math.abs(ours.value - judge.value)).toBeLessThan(1e-5);
  expect(Math.abs(ours.l1 - judge.l1)).toBeLessThan(1e-6);
  if (input.ssimWeight === 0) expect(ours.ssim).toBeNaN();
  else expect(Math.abs(ours.ssim - judge.ssim)).toBeLessThan(1e-5);
  const { relative, cosine } = agreement(ours.gradient, judge.gradient);
  expect(relative).toBeLessThan(1e-3);
  expect(cosine).toBeGreaterThan(0.9999);
}

// blocks are 8 rows whose windows see 18, and 16 pixels along a row
const SIZES: [number, number][] = [
  [1, 1],
  [1, 30],
  [2, 3],
  [5, 11],
  [11, 5],
  [15, 8],
  [16, 18],
  [17, 9],
  [33, 40],
  [64, 31],
];

test.each(SIZES)('value and gradient agree with the f64 reference on %ix%i pixels', (width, height) => {
  const images = pair(width, height);
  for (const weights of [
    undefined,
    noise(cameraOf(width, height), 8, 1),
    noise(cameraOf(width, height), 9, 1).map((value, i) => (i === 0 || value > 0.5 ? 1 : 0)),
  ]) {
    for (const ssimWeight of [0, 0.2, 1])
      expectAgreement(rasterizer, { width, height, ...images, weights, ssimWeight });
  }
});

test('rows that would share few sets of the cache, and so are copied, are summed alike', () => {
  expectAgreement(rasterizer, { width: 256, height: 27, ...pair(256, 27) });
});

test('the build without fused multiply-adds agrees with the f64 reference', async () => {
  const plain = new Rasterizer(await ThreadPool.start(1, 256, await compileKernel('splat-plain.wasm')));
  for (const [width, height] of SIZES)
    expectAgreement(plain, { width, height, ...pair(width, height), weights: noise(cameraOf(width, height), 8, 1) });
  plain.dispose();
});

test('loss and gradient are the same bits for any number of threads, lent or not', async () => {
  for (const [width, height] of [
    [33, 40],
    [256, 27],
  ]) {
    const images = pair(width, height);
    const expected = digest(rasterizer.imageLoss({ width, height, ...images }));
    for (const threads of [1, 3]) {
      const other = await createRasterizer({ threads });
      // a picture of nothing: the background, lent
      const lent = other.render(cloud(0, 1), cameraOf(width, height), images.image, { lend: true });
      expect(digest(other.imageLoss({ width, height, ...images }))).toBe(expected);
      expect(digest(other.imageLoss({ width, height, image: lent.color, target: images.target }, { lend: true }))).toBe(
        expected,
      );
      other.dispose();
    }
  }
});

test.each(['image', 'target'] as const)(
  'a number of the %s that is not finite is named, wherever it is and whatever it weighs, and nothing is written',
  (name) => {
    const [width, height] = [21, 30];
    const images = pair(width, height);
    const into = new Float32Array(width * height * 3).fill(7);
    for (const index of [0, 3 * width - 1, 900, width * height * 3 - 1]) {
      for (const value of [Number.NaN, Infinity]) {
        for (const ssimWeight of [0, 0.2, 1]) {
          const bad = images[name].slice();
          bad[index] = value;
          const weights = new Float32Array(width * height)
            .fill(1)
            .fill(0, Math.floor(index / 3), Math.floor(index / 3) + 1);
          expect(() =>
            rasterizer.imageLoss({ width, height, ...images, [name]: bad, weights, ssimWeight }, { into }),
          ).toThrow(`imageLoss.${name}: expected finite numbers, got ${value} at index ${index};`);
          expect(into.every((number) => number === 7)).toBe(true);
        }
      }
    }
    expectAgreement(rasterizer, { width, height, ...images });
  },
);

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
