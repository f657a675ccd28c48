import { decodeSafetensors, encodeSafetensors } from '@soliloquy/tensor/safetensors';
import { arrayProblem, arraySchema, countProblem, positiveProblem } from './array-schema.ts';
import { artifactFile, parseValue } from './port-error.ts';
import type { PortType } from './port-type.ts';
import { metadataNumber, tensorReader } from './tensor-reader.ts';

/** Pixel tracks. */
export interface Tracks {
  /** F */
  readonly frames: number;
  readonly fps: number;
  /** Q */
  readonly points: number;
  /** pixels, of the film */
  readonly width: number;
  readonly height: number;
  /** f32 [F, Q, 2] pixels */
  readonly positions: Float32Array;
  /** f32 [F, Q] 0 … 1 */
  readonly visibility: Float32Array;
}

/** Pixel tracks; safetensors with rate and film size in the metadata. */
export const tracks: PortType<Tracks> = {
  id: 'tracks',
  title: 'Tracks',
  hue: 310,
  schema: arraySchema<Tracks>(
    ({ frames, fps, points, width, height, positions, visibility }) =>
      countProblem('frames', frames, 1) ??
      positiveProblem('fps', fps) ??
      countProblem('points', points, 1) ??
      countProblem('width', width, 1) ??
      countProblem('height', height, 1) ??
      arrayProblem('positions', positions, Float32Array, [frames, points, 2]) ??
      arrayProblem('visibility', visibility, Float32Array, [frames, points]),
  ),
  files: [
    {
      name: 'tracks.safetensors',
      what: 'Q points over F frames of a film',
      fields: {
        positions: 'f32 [F, Q, 2] pixels',
        visibility: 'f32 [F, Q] 0 … 1',
        fps: 'metadata: frames a second',
        width: 'metadata: of the film, pixels',
        height: 'metadata: of the film, pixels',
      },
    },
  ],
  async encode({ frames, fps, points, width, height, positions, visibility }) {
    const tensors = {
      positions: { shape: [frames, points, 2], data: positions },
      visibility: { shape: [frames, points], data: visibility },
    };
    return {
      'tracks.safetensors': encodeSafetensors(tensors, {
        fps: String(fps),
        width: String(width),
        height: String(height),
      }),
    };
  },
  async decode(files) {
    const { tensors, metadata } = decodeSafetensors(artifactFile(files, 'tracks.safetensors', 'tracks'));
    const { f32 } = tensorReader(tensors, 'tracks');
    const positions = f32('positions');
    const [frames, points] = tensors.positions.shape;
    const number = (name: string): number => metadataNumber(metadata, name, 'tracks');
    return parseValue(
      tracks.schema,
      {
        frames,
        points,
        fps: number('fps'),
        width: number('width'),
        height: number('height'),
        positions,
        visibility: f32('visibility'),
      },
      'tracks',
    );
  },
  preview: ({ frames, fps, points }) => ({
    summary: `${points} points over ${frames} frames at ${fps} fps`,
    file: 'tracks.safetensors',
  }),
};
