import {
  allocateDeformed,
  carryGaussians,
  completeMotion,
  particleNeighbours,
  type ParticleRig,
} from '@soliloquy/gaussian-cloud';
import type { Camera, Gaussians } from '@soliloquy/ports';
import type { Background, DeviceRasterizer } from '@soliloquy/splat';

/** Draws the avatar in poses of its particles, and pulls gradients on pictures back to the particles. */
export interface DrawnMotion {
  readonly particles: number;
  /**
   * @param translations f32 [P, 3] world
   * @returns            f32 [H, W, 3] sRGB
   */
  draw(translations: Float32Array, seen: { camera: Camera; background: Background }): Promise<Float32Array>;
  /**
   * Of the picture that was drawn last: adds ∂L/∂t to `into`. Rotations and stretches of the Gaussians follow the
   * particles without a gradient (as SC-GS, Huang et al. 2024), and depth gets none: one camera does not see it.
   *
   * @param gradient f32 [H, W, 3]
   * @param into     f32 [P, 3]
   */
  pullBack(gradient: Float32Array, into: Float32Array): Promise<void>;
}

/** @param rasterizer of the caller, who closes it */
export function drawnMotion(gaussians: Gaussians, rig: ParticleRig, rasterizer: DeviceRasterizer): DrawnMotion {
  const springs = particleNeighbours(rig);
  const pose = {
    rotations: new Float32Array(rig.particles * 4),
    logScaleOffsets: new Float32Array(rig.particles * 3),
  };
  const deformed = allocateDeformed(gaussians);
  return {
    particles: rig.particles,
    async draw(translations, { camera, background }) {
      completeMotion(rig.positions, springs, translations, pose.rotations, pose.logScaleOffsets);
      carryGaussians(gaussians, rig, { ...pose, translations }, deformed);
      return (await rasterizer.render(deformed, camera, background)).color;
    },
    async pullBack(gradient, into) {
      const { means } = await rasterizer.backward({ color: gradient }, { groups: ['means'] });
      for (let n = 0; n < gaussians.count; n++)
        for (let k = n * rig.neighbours; k < (n + 1) * rig.neighbours; k++)
          for (let axis = 0; axis < 2; axis++) into[3 * rig.indices[k] + axis] += rig.weights[k] * means[3 * n + axis];
    },
  };
}
