import { expect } from 'vitest';
import {
  EXTRA_GROUPS,
  PARAMETER_GROUPS,
  referenceBackward,
  referenceRender,
  type BackwardOptions,
  type GaussianGradients,
  type OutputGradient,
  type RenderOutput,
} from '../src/index.ts';
import { agreement, comparablePixels, largestDifference, onlyKept } from './agreement.ts';
import { noise, type Case } from './cases.ts';

/** All groups that the scene has. */
export const groupsOf = ({ gaussians }: Case): NonNullable<BackwardOptions['groups']> => [
  ...PARAMETER_GROUPS,
  ...EXTRA_GROUPS.filter((group) => group !== 'shRest' || gaussians.shRest !== undefined),
];

/** What the f64 reference says of a case; every rasteriser is held to it alike. */
export function judgeOf(scene: Case) {
  const { name, gaussians, camera, background } = scene;
  const reference = referenceRender(gaussians, camera, background, scene);
  const { keep, left } = comparablePixels(reference.margin);
  const pixels = camera.width * camera.height;
  const kept = (image: Float32Array | undefined): Float32Array => onlyKept(image ?? new Float32Array(pixels), keep);
  const single = (image: Float64Array): Float32Array => onlyKept(Float32Array.from(image), keep);
  const gradient: OutputGradient = {
    color: onlyKept(noise(camera, 5, 3, -1, 1), keep),
    transmittance: onlyKept(noise(camera, 6, 1, -1, 1), keep),
    depth: onlyKept(noise(camera, 8, 1, -1, 1), keep),
  };
  return {
    /** dL/doutput, without the pixels that are left out */
    gradient,
    expectPicture(output: RenderOutput): void {
      if (left > 0) console.log(`${name}: ${left} of ${pixels} pixels left out, a jump is nearer than f32 resolves`);
      expect(left).toBeLessThanOrEqual(0.03 * pixels);
      expect(largestDifference(kept(output.color), single(reference.color))).toBeLessThan(1e-4);
      expect(largestDifference(kept(output.transmittance), single(reference.transmittance))).toBeLessThan(1e-4);
      expect(largestDifference(kept(output.depth), single(reference.depth))).toBeLessThan(1e-3);
    },
    expectGradients(ours: GaussianGradients): void {
      const judge = referenceBackward(gaussians, camera, background, gradient, scene);
      for (const group of groupsOf(scene)) {
        expect(ours[group]?.length).toBe(judge[group].length);
        const { relative, cosine } = agreement(ours[group] ?? [], judge[group]);
        expect(relative, `${group}: relative L2`).toBeLessThan(1e-3);
        expect(cosine, `${group}: cosine`).toBeGreaterThan(0.9999);
      }
    },
  };
}
