import { regionIndex } from '@soliloquy/gaussian-cloud';
import type { RegionName } from '@soliloquy/ports';
import { createRng, flattenPaths, type TensorTree } from '@soliloquy/tensor';

const NAMES: readonly RegionName[] = ['torso', 'torso', 'neck', 'leftArm', 'head', 'upperLip', 'lowerLip', 'leftHand'];

/** A rig of eight particles that carry four Gaussians: torso, neck, arm, head, lips and a hand. */
export const smallRig = {
  particles: NAMES.length,
  positions: createRng('rig').normal([NAMES.length, 3]).data,
  regions: Uint8Array.from(NAMES, regionIndex),
  neighbours: 2,
  indices: Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7),
  weights: Float32Array.of(0.5, 0.5, 0.25, 0.75, 1, 0, 0.125, 0.875),
};

/** Adds noise to every parameter, in place: gains of 1 and biases of 0 would hide what they do. */
export function awake<Tree extends TensorTree>(params: Tree, seed: string): Tree {
  for (const [path, { data, shape }] of Object.entries(flattenPaths(params)))
    createRng(seed)
      .fork(path)
      .normal(shape)
      .data.forEach((value, i) => ((data as Float32Array)[i] += 0.2 * value));
  return params;
}
