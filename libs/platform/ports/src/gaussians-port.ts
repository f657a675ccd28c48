import { decodeSafetensors, encodeSafetensors } from '@soliloquy/tensor/safetensors';
import { arrayProblem, arraySchema, countProblem, indexProblem } from './array-schema.ts';
import { cameraSchema } from './camera.ts';
import { REGIONS, type Gaussians } from './gaussians.ts';
import { canonicalJson } from './json-port.ts';
import { artifactFile, parseJson, parseValue } from './port-error.ts';
import type { PortType } from './port-type.ts';
import { tensorReader } from './tensor-reader.ts';

/** Canonical Gaussians; safetensors with the camera in the metadata. */
export const gaussians: PortType<Gaussians> = {
  id: 'gaussians',
  title: 'Gaussians',
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
    as: 'gaussians',
  }),
};
