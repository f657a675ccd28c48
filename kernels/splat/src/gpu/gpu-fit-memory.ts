import type { CheckedFit } from '../fit.ts';
import type { FrameOffsets, GaussianArrays } from '../scene.ts';
import type { FitPlan } from './gpu-fit-plan.ts';
import { OFFSET_FLOATS, PLAIN_FLOATS } from './gpu-layout.ts';
import type { GpuReader } from './gpu-reader.ts';
import type { GpuScene } from './gpu-scene.ts';
import { PARAMETER_ORDER, withFourth } from './gpu-upload.ts';

/** The largest f32. */
const LARGEST = 3.4028234663852886e38;

/** Clears Adam's moments, and puts targets, weights, backgrounds and bounds on the device. */
export function uploadFit(scene: GpuScene, { problem, firstPixels }: FitPlan): void {
  const { queue } = scene.device;
  const clear = scene.device.createCommandEncoder();
  clear.clearBuffer(scene.buffers.get('adamMemory'));
  clear.clearBuffer(scene.buffers.get('offsetMemory'));
  queue.submit([clear.finish()]);
  for (const [v, view] of problem.views.entries()) {
    queue.writeBuffer(scene.buffers.get('goals'), firstPixels[v] * 16, withFourth(view.target, view.transmittance));
    if (view.weights !== undefined)
      queue.writeBuffer(scene.buffers.get('weights'), firstPixels[v] * 4, view.weights as Float32Array<ArrayBuffer>);
    if (view.background.length !== 3)
      queue.writeBuffer(
        scene.buffers.get('background'),
        firstPixels[v] * 12,
        view.background as Float32Array<ArrayBuffer>,
      );
  }
  if (problem.bounds !== undefined) queue.writeBuffer(scene.buffers.get('bounds'), 0, boundsOf(problem));
}

/** Lowest and highest of every number, in the order of the parameters. */
function boundsOf({ gaussians, bounds }: CheckedFit): Float32Array<ArrayBuffer> {
  // a shader may take it that no number is infinite
  const finite = (value: number): number => Math.max(-LARGEST, Math.min(LARGEST, value));
  const numbers = PARAMETER_ORDER.reduce((sum, group) => sum + (gaussians[group]?.length ?? 0), 0);
  const all = new Float32Array(2 * numbers);
  let at = 0;
  for (const group of PARAMETER_ORDER) {
    const [low, high] = bounds?.[group] ?? [];
    for (let i = 0; i < (gaussians[group]?.length ?? 0); i++) {
      all[at++] = finite(low?.[i] ?? -LARGEST);
      all[at++] = finite(high?.[i] ?? LARGEST);
    }
  }
  return all;
}

/** Parameters and offsets as they are on the device. */
export async function readParameters(
  scene: GpuScene,
  reader: GpuReader,
  { problem: { gaussians, offsets, count, frames }, rest }: FitPlan,
): Promise<{ gaussians: GaussianArrays; offsets?: FrameOffsets }> {
  const [values, moved] = await reader.read(scene.device.createCommandEncoder(), [
    [scene.buffers.get('params'), 0, (PLAIN_FLOATS + 3 * rest) * count * 4],
    [scene.buffers.get('offsets'), 0, frames * OFFSET_FLOATS * count * 4],
  ]);
  let at = 0;
  const read: Partial<Record<(typeof PARAMETER_ORDER)[number], Float32Array>> = {};
  for (const name of PARAMETER_ORDER) {
    const length = gaussians[name]?.length;
    if (length === undefined) continue;
    read[name] = new Float32Array(values, at * 4, length).slice();
    at += length;
  }
  if (offsets === undefined) return { gaussians: read as GaussianArrays };
  const result = {
    means: new Float32Array(frames * count * 3),
    rotations: new Float32Array(frames * count * 4),
    logScales: new Float32Array(frames * count * 3),
  };
  at = 0;
  for (let frame = 0; frame < frames; frame++) {
    for (const [name, width] of [
      ['means', 3],
      ['rotations', 4],
      ['logScales', 3],
    ] as const) {
      result[name].set(new Float32Array(moved, at * 4, count * width), frame * count * width);
      at += count * width;
    }
  }
  return { gaussians: read as GaussianArrays, offsets: result };
}
