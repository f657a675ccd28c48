import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRasterizer, referenceBackward } from '../src/index.ts';
import type { Rasterizer } from '../src/index.ts';
import { agreement } from './agreement.ts';
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
  const { relative } = agreement(rasterizer.backward({ color }).means, referenceBackward(gaussians, camera, background, { color }).means);
  expect(relative).toBeLessThan(1e-2);
});
