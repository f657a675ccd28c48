import type { Camera } from './camera.ts';
import type { Part } from './landmarks.ts';

/**
 * Where on the person a Gaussian sits, with the part it belongs to. A Gaussian is carried only by particles of its own
 * region and of the regions it is joined to, so that the lips part and a hand does not drag the belly.
 */
export const REGIONS = [
  { name: 'torso', part: 'body', joins: ['neck', 'leftArm', 'rightArm', 'legs'] },
  { name: 'neck', part: 'body', joins: ['torso', 'head'] },
  { name: 'leftArm', part: 'body', joins: ['torso', 'leftHand'] },
  { name: 'rightArm', part: 'body', joins: ['torso', 'rightHand'] },
  { name: 'legs', part: 'body', joins: ['torso'] },
  { name: 'head', part: 'face', joins: ['neck', 'upperFace', 'jaw'] },
  { name: 'upperFace', part: 'face', joins: ['head', 'upperLip', 'leftEyelid', 'rightEyelid', 'jaw'] },
  { name: 'jaw', part: 'face', joins: ['head', 'upperFace', 'lowerLip', 'neck'] },
  { name: 'upperLip', part: 'face', joins: ['upperFace'] },
  { name: 'lowerLip', part: 'face', joins: ['jaw'] },
  { name: 'mouthInterior', part: 'face', joins: [] },
  { name: 'leftEyelid', part: 'face', joins: ['upperFace'] },
  { name: 'rightEyelid', part: 'face', joins: ['upperFace'] },
  { name: 'leftHand', part: 'hand', joins: ['leftArm'] },
  { name: 'rightHand', part: 'hand', joins: ['rightArm'] },
] as const satisfies readonly { name: string; part: Part; joins: readonly string[] }[];
export type RegionName = (typeof REGIONS)[number]['name'];

/** N canonical Gaussians in the world frame of their camera (+x right, +y down, +z forward). */
export interface Gaussians {
  /** N */
  readonly count: number;
  /** f32 [N, 3] world */
  readonly means: Float32Array;
  /** f32 [N, 4] wxyz, need not be unit */
  readonly quats: Float32Array;
  /** f32 [N, 3] ln(world) */
  readonly logScales: Float32Array;
  /** f32 [N] logit of opacity */
  readonly opacityLogits: Float32Array;
  /** f32 [N, 3] sRGB 0 … 1 (splats are blended in sRGB, as 3DGS does) */
  readonly colors: Float32Array;
  /** u8 [N] index into REGIONS */
  readonly regions: Uint8Array;
  /** The view in which these Gaussians look like their picture. */
  readonly camera: Camera;
}
