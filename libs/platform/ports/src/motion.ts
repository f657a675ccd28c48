import { decodeSafetensors, encodeSafetensors } from '@soliloquy/tensor/safetensors';
import { arrayProblem, arraySchema, countProblem, positiveProblem } from './array-schema.ts';
import { PARTS } from './landmarks.ts';
import { artifactFile, parseValue } from './port-error.ts';
import type { PortType } from './port-type.ts';
import { metadataNumber, tensorReader } from './tensor-reader.ts';

/** Particle motion (AudioAvatar: x_t = E_X(ΔG_t)). */
export interface Motion {
  /** F */
  readonly frames: number;
  readonly fps: number;
  /** P */
  readonly particles: number;
  /** f32 [F, 192]: body, face, hand, 64 each */
  readonly latent: Float32Array;
  /** f32 [F, P, 3] world; the particles' positions at each frame */
  readonly positions: Float32Array;
}

/** Width of the latent of one frame: body, face, hand, 64 each. */
const LATENT = 192;

/** Particle motion; safetensors with the rate in the metadata. */
export const motion: PortType<Motion> = {
  id: 'motion',
  title: 'Motion',
  hue: 325,
  schema: arraySchema<Motion>(
    ({ frames, fps, particles, latent, positions }) =>
      countProblem('frames', frames, 1) ??
      positiveProblem('fps', fps) ??
      countProblem('particles', particles, 1) ??
      arrayProblem('latent', latent, Float32Array, [frames, LATENT]) ??
      arrayProblem('positions', positions, Float32Array, [frames, particles, 3]),
  ),
  files: [
    {
      name: 'motion.safetensors',
      what: 'F frames of P particles',
      fields: {
        latent: `f32 [F, ${LATENT}] body, face, hand, ${LATENT / PARTS.length} each`,
        positions: 'f32 [F, P, 3] world, of the particles at each frame',
        fps: 'metadata: frames a second',
      },
    },
  ],
  async encode({ frames, fps, particles, latent, positions }) {
    const tensors = {
      latent: { shape: [frames, LATENT], data: latent },
      positions: { shape: [frames, particles, 3], data: positions },
    };
    return { 'motion.safetensors': encodeSafetensors(tensors, { fps: String(fps) }) };
  },
  async decode(files) {
    const { tensors, metadata } = decodeSafetensors(artifactFile(files, 'motion.safetensors', 'motion'));
    const { f32 } = tensorReader(tensors, 'motion');
    const positions = f32('positions');
    const [frames, particles] = tensors.positions.shape;
    return parseValue(
      motion.schema,
      { frames, particles, fps: metadataNumber(metadata, 'fps', 'motion'), latent: f32('latent'), positions },
      'motion',
    );
  },
  preview: ({ frames, fps, particles }) => ({
    summary: `${frames} frames at ${fps} fps of ${particles} particles`,
    file: 'motion.safetensors',
  }),
};
