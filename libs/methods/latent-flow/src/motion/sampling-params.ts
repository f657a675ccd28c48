import { z } from 'zod';

/** Params of a backbone that samples motion of a latent flow model. */
export const FLOW_SAMPLING_PARAMS = {
  expressiveness: z
    .number()
    .min(0)
    .max(2)
    .default(1)
    .describe('How far body and hands move, of what people of its corpus usually do; within what they ever do'),
  steps: z
    .int()
    .min(1)
    .max(1000)
    .default(100)
    .describe('Steps from noise to motion; with few, lids flicker: each sudden change needs many small ones'),
  guidance: z
    .number()
    .min(0)
    .max(10)
    .default(1)
    .describe('How much the motion follows the voice; 1 as learned, above, away from what moves without a voice'),
  eta: z.number().min(0).max(1).default(1).describe('Noise added at every step; 0: none after the first'),
  overlap: z
    .int()
    .min(0)
    .max(10_000)
    .default(40)
    .describe('Frames that neighbouring windows share')
    .meta({ unit: 'frames' }),
};
