import { z } from 'zod';
import { model, type ValueOf } from '@soliloquy/ports';
import { HEARINGS } from '@soliloquy/speech-features/hearings';

/** A motion diffusion model: what `packMotionModel` makes and `openMotionModel` reads. */
export const motionModel = model('motion', {
  card: z.looseObject({
    /** T, that are made at once */
    frames: z.int().min(1),
    /** of the cosine schedule */
    noiseSteps: z.int().min(2),
    /** what voices were heard by; absent: mel, as before there was a choice */
    hearing: z.enum(HEARINGS).optional(),
  }),
  files: {
    'transformer.onnx': { inputs: ['x', 'audio', 'tau', 'start'], outputs: ['clean'] },
    'scales.safetensors': {
      motionMean: { dtype: 'F32', rank: 1 },
      motionScale: { dtype: 'F32', rank: 1 },
      partVariance: { dtype: 'F32', rank: 1 },
      audioMean: { dtype: 'F32', rank: 1 },
      audioScale: { dtype: 'F32', rank: 1 },
    },
  },
});

export type PackedMotionModel = ValueOf<typeof motionModel>;
