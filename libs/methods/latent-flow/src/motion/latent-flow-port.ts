import { z } from 'zod';
import { model, type ValueOf } from '@soliloquy/ports';

const WIDTH = z.int().min(1).max(1024);
const matrix = { dtype: 'F32', rank: 2 } as const;
const vector = { dtype: 'F32', rank: 1 } as const;

/** A latent flow model: what `packLatentFlow` makes and `openLatentFlow` reads. */
export const latentFlow = model('latent-flow', {
  card: z.looseObject({
    /** T, that are made at once */
    frames: z.int().min(1),
    fps: z.number().positive(),
    /** of the cosine schedule */
    noiseSteps: z.int().min(2),
    /** version of the set of points; latents of another set mean something else */
    points: z.string(),
    /** components of each part */
    widths: z.object({ torso: WIDTH, arms: WIDTH, head: WIDTH, mouth: WIDTH }),
    /** sha256 of the network that the voices were heard by */
    phoneEncoder: z.string(),
  }),
  files: {
    'denoiser.onnx': { inputs: ['x', 'audio', 'tau', 'start'], outputs: ['clean'] },
    'basis.safetensors': {
      mean: vector,
      encoder: matrix,
      decoder: matrix,
      latentMean: vector,
      latentScale: vector,
      audioMean: vector,
      audioScale: vector,
      latentVariance: vector,
      bank: matrix,
      mannerLow: vector,
      manner: vector,
      mannerHigh: vector,
    },
  },
});

export type PackedLatentFlow = ValueOf<typeof latentFlow>;

/** Input of a stage that samples or scores: weights of one's own. */
export const latentFlowInput = {
  type: latentFlow,
  summary: 'Weights of latent-flow; those that come with Soliloquy where it is not connected.',
  optional: true,
} as const;
