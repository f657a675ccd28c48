import { decodeSafetensors, encodeSafetensors } from '@soliloquy/tensor/safetensors';
import { arrayProblem, arraySchema, countProblem, indexProblem } from './array-schema.ts';
import { cameraSchema, type Camera } from './camera.ts';
import { canonicalJson } from './json-port.ts';
import type { Part } from './landmarks.ts';
import { artifactFile, parseJson, parseValue } from './port-error.ts';
import type { PortType } from './port-type.ts';
import { tensorReader } from './tensor-reader.ts';

/**
 * Where on the person a Gaussian sits, with the part it belongs to. A Gaussian is carried only by particles of its own
 * region and of the regions it is joined to, so that the lips part and a hand does not drag the belly. An arm is one
 * region (`leftArm`) where its joints are not known; else upper arm and forearm, with the torso by the shoulder alone.
 */
export const REGIONS = [
  { name: 'torso', part: 'body', joins: ['neck', 'leftArm', 'rightArm', 'leftShoulder', 'rightShoulder', 'legs'] },
  { name: 'neck', part: 'body', joins: ['torso', 'head'] },
  { name: 'leftArm', part: 'body', joins: ['torso', 'leftHand'] },
  { name: 'rightArm', part: 'body', joins: ['torso', 'rightHand'] },
  { name: 'legs', part: 'body', joins: ['torso'] },
  { name: 'head', part: 'face', joins: ['neck', 'upperFace', 'jaw'] },
  { name: 'upperFace', part: 'face', joins: ['head', 'upperLip', 'jaw'] },
  { name: 'jaw', part: 'face', joins: ['head', 'upperFace', 'lowerLip', 'neck'] },
  { name: 'upperLip', part: 'face', joins: ['upperFace'] },
  { name: 'lowerLip', part: 'face', joins: ['jaw'] },
  { name: 'mouthInterior', part: 'face', joins: [] },
  { name: 'leftEyelid', part: 'face', joins: [] },
  { name: 'rightEyelid', part: 'face', joins: [] },
  { name: 'leftHand', part: 'hand', joins: ['leftArm', 'leftForearm'] },
  { name: 'rightHand', part: 'hand', joins: ['rightArm', 'rightForearm'] },
  { name: 'leftShoulder', part: 'body', joins: ['torso', 'leftUpperArm'] },
  { name: 'rightShoulder', part: 'body', joins: ['torso', 'rightUpperArm'] },
  { name: 'leftUpperArm', part: 'body', joins: ['leftShoulder', 'leftForearm'] },
  { name: 'rightUpperArm', part: 'body', joins: ['rightShoulder', 'rightForearm'] },
  { name: 'leftForearm', part: 'body', joins: ['leftUpperArm', 'leftHand'] },
  { name: 'rightForearm', part: 'body', joins: ['rightUpperArm', 'rightHand'] },
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

/** Canonical Gaussians; safetensors with the camera in the metadata. */
export const gaussians: PortType<Gaussians> = {
  id: 'gaussians',
  title: 'Gaussians',
  viewer: 'gaussians',
  hue: 245,
  schema: arraySchema<Gaussians>((value) => {
    const { count } = value;
    const problem =
      countProblem('count', count, 1) ??
      arrayProblem('means', value.means, Float32Array, [count, 3]) ??
      arrayProblem('quats', value.quats, Float32Array, [count, 4]) ??
      arrayProblem('logScales', value.logScales, Float32Array, [count, 3]) ??
      arrayProblem('opacityLogits', value.opacityLogits, Float32Array, [count]) ??
      arrayProblem('colors', value.colors, Float32Array, [count, 3]) ??
      arrayProblem('regions', value.regions, Uint8Array, [count]) ??
      indexProblem('regions', value.regions, REGIONS.length);
    if (problem) return problem;
    const camera = cameraSchema.safeParse(value.camera);
    return camera.success ? undefined : { path: 'camera', message: camera.error.issues[0].message };
  }),
  files: [
    {
      name: 'gaussians.safetensors',
      what: 'N Gaussians in the world frame of their camera (+x right, +y down, +z forward)',
      fields: {
        means: 'f32 [N, 3] world',
        quats: 'f32 [N, 4] wxyz, need not be unit',
        logScales: 'f32 [N, 3] ln(world)',
        opacityLogits: 'f32 [N] logit of opacity',
        colors: 'f32 [N, 3] sRGB 0 … 1',
        regions: `u8 [N] 0 … ${REGIONS.length - 1}: ${REGIONS.map(({ name }) => name).join(', ')}`,
        camera: 'metadata: JSON as in `camera.json`, the view in which they look like their picture',
      },
    },
  ],
  async encode({ count, means, quats, logScales, opacityLogits, colors, regions, camera }) {
    const tensors = {
      means: { shape: [count, 3], data: means },
      quats: { shape: [count, 4], data: quats },
      logScales: { shape: [count, 3], data: logScales },
      opacityLogits: { shape: [count], data: opacityLogits },
      colors: { shape: [count, 3], data: colors },
      regions: { shape: [count], data: regions },
    };
    return { 'gaussians.safetensors': encodeSafetensors(tensors, { camera: canonicalJson(camera) }) };
  },
  async decode(files) {
    const { tensors, metadata } = decodeSafetensors(artifactFile(files, 'gaussians.safetensors', 'gaussians'));
    const { f32, u8 } = tensorReader(tensors, 'gaussians');
    return parseValue(
      gaussians.schema,
      {
        count: tensors.means?.shape[0],
        means: f32('means'),
        quats: f32('quats'),
        logScales: f32('logScales'),
        opacityLogits: f32('opacityLogits'),
        colors: f32('colors'),
        regions: u8('regions'),
        camera: parseValue(cameraSchema, parseJson(metadata.camera ?? '', 'gaussians.camera'), 'gaussians.camera'),
      },
      'gaussians',
    );
  },
  preview: ({ count, camera }) => ({
    summary: `${count} Gaussians, seen at ${camera.width}x${camera.height}`,
    file: 'gaussians.safetensors',
  }),
};
