import { expect, test } from 'vitest';
import type { Camera } from '@soliloquy/ports';
import { createRasterizer } from '@soliloquy/splat';
import { body } from '../bench/moving-body.ts';
import { ShownGaussians } from '../src/shown-gaussians.ts';

const gaussians = body(1500, 96);
const opacityLogits = gaussians.opacityLogits.map((value, n) => value - (n % 3));
const turned = (angle: number): number[] => {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return [c, -s, 0, 0.05, s, c, 0, -0.02, 0, 0, 1, 0.3, 0, 0, 0, 1];
};

test.each([
  ['a window on the middle', { cx: 4, cy: 10 }, 0],
  ['a window on a corner, the camera turned', { cx: 30, cy: 60 }, 0.4],
  ['a window beside everything', { cx: 4000, cy: 10 }, 0],
])('draws what the whole cloud would, bit by bit: %s', async (_what, middle, angle) => {
  const camera: Camera = { ...gaussians.camera, ...middle, width: 24, height: 20, worldToCamera: turned(angle) };
  using rasterizer = await createRasterizer({ threads: 1 });
  const whole = rasterizer.render({ ...gaussians, opacityLogits }, camera, [0.2, 0.4, 0.6]);
  const shown = new ShownGaussians(gaussians.count);
  shown.choose(gaussians, camera);
  const part = rasterizer.render(shown.of(gaussians, opacityLogits), camera, [0.2, 0.4, 0.6]);
  expect(part.color).toEqual(whole.color);
  expect(part.transmittance).toEqual(whole.transmittance);
  expect(shown.indices.length).toBeLessThan(0.8 * gaussians.count);
});

test('a margin lets in what may still move there', () => {
  const camera: Camera = { ...gaussians.camera, width: 8, height: 8, cx: 4, cy: 4 };
  const shown = new ShownGaussians(gaussians.count);
  shown.choose(gaussians, camera);
  const before = shown.indices.length;
  shown.choose(gaussians, camera, 30);
  expect(shown.indices.length).toBeGreaterThan(before);
});
