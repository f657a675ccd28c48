import { z } from 'zod';
import { model, type ValueOf } from '@soliloquy/ports';
import { HEARINGS } from '@soliloquy/speech-features/hearings';
import { AUDIO_CONTEXT, CHUNK, EMBEDDING_WIDTH, LATENT_WIDTH } from './widths.ts';

/**
 * A model of the aligned space: what `packAlignedSpace` makes and `openAlignedSpace` reads. The networks take `CHUNK`
 * frames at a time.
 */
export const alignedSpace = model('aligned-space', {
  card: z.looseObject({
    /** of a frame's speech */
    features: z.int().min(1),
    /** what voices are heard by; absent: mel, as before there was a choice */
    hearing: z.enum(HEARINGS).optional(),
    /** sha256 of the phone encoder, where it hears by one */
    phoneEncoder: z.string().optional(),
    chunk: z.literal(CHUNK),
    latent: z.literal(LATENT_WIDTH),
    embedding: z.literal(EMBEDDING_WIDTH),
    audioContext: z.literal(AUDIO_CONTEXT),
  }),
  files: {
    'encoder.onnx': { inputs: ['tokens'], outputs: ['latent'] },
    'decoder.onnx': { inputs: ['latent'], outputs: ['tokens'] },
    'audio.onnx': { inputs: ['windows'], outputs: ['embedding'] },
    'motion.onnx': { inputs: ['latent'], outputs: ['embedding'] },
    'rig.safetensors': {
      positions: { dtype: 'F32', rank: 2 },
      regions: { dtype: 'U8', rank: 1 },
      indices: { dtype: 'I32', rank: 2 },
      weights: { dtype: 'F32', rank: 2 },
      mean: { dtype: 'F32', rank: 2 },
      scale: { dtype: 'F32', rank: 1 },
    },
  },
});

export type PackedAlignedSpace = ValueOf<typeof alignedSpace>;
