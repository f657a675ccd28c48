import type { Gaussians } from '@soliloquy/ports';
import type { Rasterizer } from '@soliloquy/splat';
import { Adam } from './adam.ts';
import { PERSON_DISTANCE } from './surface-depth.ts';

/** What the Gaussians are refined to show. */
export interface RefineTarget {
  /** f32 [H, W, 3] the person's own colour, straight */
  readonly color: Float32Array;
  /** f32 [H, W, 3] what may be behind the person, taken in turn: a person that is opaque before all of them has no holes */
  readonly backgrounds: readonly Float32Array[];
  /** f32 [H, W] 0 … 1 */
  readonly matte: Float32Array;
  /** f32 [H, W] how much each pixel counts */
  readonly weights: Float32Array;
}

/**
 * Refines position (in the image plane), rotation, scale, opacity and colour of Gaussians `first` … `last` - 1 by Adam on L1 + SSIM (Kerbl et al. 2023, λ = 0.2) and on the
 * matte (squared difference of coverage). The others are left as they are: no picture shows what is hidden.
 */
export async function refine(rasterizer: Rasterizer, gaussians: Gaussians, [first, last]: readonly [number, number], target: RefineTarget, steps: number, onStep: (step: number, loss: number) => Promise<void>): Promise<number[]> {
  const { camera } = gaussians;
  const { width, height } = camera;
  const pixel = PERSON_DISTANCE / camera.fx;
  const part = (values: Float32Array, stride: number): Float32Array => values.subarray(first * stride, last * stride);
  const optimizers = {
    means: new Adam(part(gaussians.means, 3)),
    quats: new Adam(part(gaussians.quats, 4)),
    logScales: new Adam(part(gaussians.logScales, 3)),
    opacityLogits: new Adam(part(gaussians.opacityLogits, 1)),
    colors: new Adam(part(gaussians.colors, 3)),
  };
  const logScales = part(gaussians.logScales, 3);
  const opacityLogits = part(gaussians.opacityLogits, 1);
  const initial = logScales.slice();
  const smallest = Math.log(0.3 * pixel);
  const coverage = new Float32Array(width * height);
  const pictures = target.backgrounds.map((background) => background.map((value, i) => value + target.matte[Math.floor(i / 3)] * (target.color[i] - value)));
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const turn = step % pictures.length;
    const output = rasterizer.render(gaussians, camera, target.backgrounds[turn]);
    const loss = rasterizer.imageLoss({ width, height, image: output.color, target: pictures[turn], weights: target.weights, ssimWeight: 0.2 });
    for (let i = 0; i < coverage.length; i++) coverage[i] = (0.6 * (output.transmittance[i] - (1 - target.matte[i]))) / coverage.length;
    const gradient = rasterizer.backward({ color: loss.gradient, transmittance: coverage });
    for (let n = first; n < last; n++) gradient.means[n * 3 + 2] = 0;
    const rate = 0.15 ** (step / steps);
    optimizers.means.step(part(gradient.means, 3), 0.12 * pixel * rate);
    optimizers.quats.step(part(gradient.quats, 4), 0.04 * rate);
    optimizers.logScales.step(part(gradient.logScales, 3), 0.035 * rate);
    optimizers.opacityLogits.step(part(gradient.opacityLogits, 1), 0.06 * rate);
    optimizers.colors.step(part(gradient.colors, 3), 0.03 * rate);
    for (let i = 0; i < logScales.length; i++) logScales[i] = Math.min(initial[i] + 0.7, Math.max(smallest, initial[i] - 1.2, logScales[i]));
    for (let n = 0; n < opacityLogits.length; n++) opacityLogits[n] = Math.min(5, Math.max(0, opacityLogits[n]));
    losses.push(loss.value);
    await onStep(step + 1, loss.value);
  }
  return losses;
}
