import type { Background, Camera, FrameOffsets, GaussianArrays } from '../scene.ts';
import { SplatError } from '../splat-error.ts';
import { restOf } from '../validate.ts';
import { MOST_ENTRIES } from './gpu-buffers.ts';
import { FLAG_BACKGROUND_IMAGE, FLAG_COMPENSATE, NONE, OFFSET_FLOATS } from './gpu-layout.ts';
import type { FrameUniform, GpuScene } from './gpu-scene.ts';

/** Order of the groups in the buffers of parameters and gradients. */
export const PARAMETER_ORDER = ['means', 'quats', 'logScales', 'opacityLogits', 'colors', 'shRest'] as const;

/**
 * Room for a frame that asked for `needed` entries, and somewhat more, so that a growing scene is not drawn twice each
 * time.
 */
export function roomFor(needed: number, count: number, { width, height }: Camera): number {
  if (needed > MOST_ENTRIES) {
    throw new SplatError({
      code: 'splat.memory',
      where: 'webgpu.entries',
      expected: `at most ${MOST_ENTRIES} tile entries`,
      got: `${needed === NONE ? 'more than 4e9' : needed} of ${count} Gaussians on ${width}x${height} pixels`,
      remedy: 'use fewer or smaller Gaussians or a smaller image',
    });
  }
  return Math.min(MOST_ENTRIES, Math.ceil(needed * 1.25));
}

/** The uniform of a view, without offsets. */
export function frameOf(
  gaussians: GaussianArrays,
  { camera, background }: { readonly camera: Camera; readonly background: Background },
  { compensate, capacity }: { readonly compensate: boolean; readonly capacity: number },
): FrameUniform {
  const image = background.length !== 3;
  return {
    camera,
    background: image ? [0, 0, 0] : [background[0], background[1], background[2]],
    count: gaussians.opacityLogits.length,
    rest: restOf(gaussians),
    capacity,
    flags: (image ? FLAG_BACKGROUND_IMAGE : 0) | (compensate ? FLAG_COMPENSATE : 0),
  };
}

/** Factors of the gradients of L1, SSIM and ½ (T - T*)², and 1 / (3 Σ w). */
export function lossFactors(
  ssimWeight: number,
  total: number,
  transmittanceWeight: number,
  pixels: number,
): [number, number, number, number] {
  return [(1 - ssimWeight) / total, -ssimWeight / total, transmittanceWeight / pixels, 1 / total];
}

/** rgb with a fourth channel: `fourth`, or 0. */
export function withFourth(image: Float32Array, fourth?: Float32Array): Float32Array<ArrayBuffer> {
  const pixels = image.length / 3;
  const out = new Float32Array(pixels * 4);
  for (let i = 0; i < pixels; i++) {
    out[4 * i] = image[3 * i];
    out[4 * i + 1] = image[3 * i + 1];
    out[4 * i + 2] = image[3 * i + 2];
    out[4 * i + 3] = fourth?.[i] ?? 0;
  }
  return out;
}

/** Writes the parameters, and the offsets of all frames. */
export function uploadGaussians(scene: GpuScene, gaussians: GaussianArrays, offsets: FrameOffsets | undefined): void {
  const { queue } = scene.device;
  let at = 0;
  for (const name of PARAMETER_ORDER) {
    const values = gaussians[name];
    if (values === undefined) continue;
    queue.writeBuffer(scene.buffers.get('params'), at * 4, values as Float32Array<ArrayBuffer>);
    at += values.length;
  }
  if (offsets === undefined) return;
  const count = gaussians.opacityLogits.length;
  for (let frame = 0; frame * count * 3 < offsets.means.length; frame++) {
    let to = frame * count * OFFSET_FLOATS;
    for (const [name, width] of [
      ['means', 3],
      ['rotations', 4],
      ['logScales', 3],
    ] as const) {
      queue.writeBuffer(
        scene.buffers.get('offsets'),
        to * 4,
        offsets[name].slice(frame * count * width, (frame + 1) * count * width),
      );
      to += count * width;
    }
  }
}
