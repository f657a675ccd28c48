import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileKernel } from '../src/host/host-node.ts';
import { kernelFile } from '../src/host/kernel-file.ts';
import { ThreadPool } from '../src/host/thread-pool.ts';
import { createRasterizer, Rasterizer, referenceBackward } from '../src/index.ts';
import { agreement, largestDifference } from './agreement.ts';
import { CASES, noise } from './cases.ts';
import { groupsOf, judgeOf } from './judge.ts';

let rasterizer: Rasterizer;
beforeAll(async () => {
  rasterizer = await createRasterizer({ threads: 2 });
});
afterAll(() => rasterizer.dispose());

describe.each(CASES)('wasm and the f64 reference agree on $name', (scene) => {
  const { gaussians, camera, background, compensateOpacity } = scene;
  const judge = judgeOf(scene);

  test('in colour, transmittance and depth', () => {
    judge.expectPicture(rasterizer.render(gaussians, camera, background, { depth: true, compensateOpacity }));
  });

  test('in the gradients of every group', () => {
    rasterizer.render(gaussians, camera, background, { compensateOpacity });
    judge.expectGradients(rasterizer.backward(judge.gradient, { groups: groupsOf(scene) }));
  });
});

test('without a gradient of the depth there is none of the depth', () => {
  const { gaussians, camera, background } = CASES[5];
  const color = noise(camera, 1, 3, -1, 1);
  rasterizer.render(gaussians, camera, background);
  rasterizer.backward({ color, depth: noise(camera, 2, 1) });
  const { relative } = agreement(
    rasterizer.backward({ color }).means,
    referenceBackward(gaussians, camera, background, { color }).means,
  );
  expect(relative).toBeLessThan(1e-2);
});

test('the build without relaxed SIMD agrees with the reference and with the other build', async () => {
  expect(kernelFile()).toBe('splat.wasm');
  const plain = new Rasterizer(await ThreadPool.start(1, 256, await compileKernel('splat-plain.wasm')));
  let apart = 0;
  for (const scene of CASES) {
    const { gaussians, camera, background, compensateOpacity } = scene;
    const judge = judgeOf(scene);
    const { color } = rasterizer.render(gaussians, camera, background, { compensateOpacity });
    const output = plain.render(gaussians, camera, background, { depth: true, compensateOpacity });
    judge.expectPicture(output);
    judge.expectGradients(plain.backward(judge.gradient, { groups: groupsOf(scene) }));
    apart = Math.max(apart, largestDifference(output.color, color));
  }
  plain.dispose();
  // other bits, the same picture: a pixel on a threshold may fall to either side of it
  expect(apart).toBeGreaterThan(0);
  expect(apart).toBeLessThan(0.01);
});
