import { z } from 'zod';

/** Params of a stage that trains a `motionTransformer`: its size but for what the data say. */
export const TRANSFORMER_PARAMS = {
  width: z.int().min(16).max(4096).default(128).describe('Width of a token'),
  layers: z.int().min(1).max(64).default(4).describe('Blocks'),
  heads: z.int().min(1).max(64).default(4).describe('Attention heads; divides the width'),
  reach: z
    .int()
    .min(1)
    .max(10_000)
    .default(16)
    .describe('Frames before and after that a frame attends to')
    .meta({ unit: 'frames' }),
};
