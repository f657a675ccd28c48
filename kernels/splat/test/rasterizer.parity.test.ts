import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRasterizer, PARAMETER_GROUPS, referenceBackward, referenceRender } from '../src/index.ts';
import type { Rasterizer } from '../src/index.ts';
import { agreement, comparablePixels, largestDifference, onlyKept } from './agreement.ts';
import { CASES, noise } from './cases.ts';

let rasterizer: Rasterizer;
beforeAll(async () => {
  rasterizer = await createRasterizer({ threads: 2 });
});
afterAll(() => rasterizer.dispose());

describe.each(CASES)('wasm and the f64 reference agree on $name', ({ name, gaussians, camera, background }) => {
  const reference = referenceRender(gaussians, camera, background);
  const { keep, left } = comparablePixels(reference.margin);
  const pixels = camera.width * camera.height;

  test('in colour, transmittance and depth', () => {
    const output = rasterizer.render(gaussians, camera, background, { depth: true });
    if (left > 0) console.log(`${name}: ${left} of ${pixels} pixels left out, a jump is nearer than f32 resolves`);
    expect(left).toBeLessThanOrEqual(0.03 * pixels);
    const kept = (image: Float32Array | undefined): Float32Array => onlyKept(image ?? new Float32Array(pixels), keep);
    const single = (image: Float64Array): Float32Array => onlyKept(Float32Array.from(image), keep);
    expect(largestDifference(kept(output.color), single(reference.color))).toBeLessThan(1e-4);
    expect(largestDifference(kept(output.transmittance), single(reference.transmittance))).toBeLessThan(1e-4);
    expect(largestDifference(kept(output.depth), single(reference.depth))).toBeLessThan(1e-3);
  });

  test('in the gradients of every group', () => {
    rasterizer.render(gaussians, camera, background);
    const gradient = { color: onlyKept(noise(camera, 5, 3, -1, 1), keep), transmittance: onlyKept(noise(camera, 6, 1, -1, 1), keep) };
    const ours = rasterizer.backward(gradient);
    const judge = referenceBackward(gaussians, camera, background, gradient);
    for (const group of PARAMETER_GROUPS) {
      expect(ours[group].length).toBe(judge[group].length);
      const { relative, cosine } = agreement(ours[group], judge[group]);
      expect(relative, `${group}: relative L2`).toBeLessThan(1e-3);
      expect(cosine, `${group}: cosine`).toBeGreaterThan(0.9999);
    }
  });
});
