import { z } from 'zod';

/** What a machine says of a foreign system that it has, beside where its checkout is. */
export const systemSettings = z.strictObject({
  bin: z
    .string()
    .optional()
    .describe('Folder of its programs (python, torchrun), e.g. /opt/conda/envs/omniavatar/bin; else PATH is searched.'),
  weights: z.string().optional().describe('Folder of its weights, where they are not in the checkout.'),
  seconds: z.number().positive().default(14_400).describe('After which a run of it is ended.'),
  silence: z.number().positive().default(1800).describe('Seconds without a word after which a run of it is ended.'),
  environment: z
    .array(z.string().regex(/^\w+$/))
    .default([])
    .describe(
      'Names of variables that it gets beside PATH, HOME, LANG and those of CUDA and of its own documentation.',
    ),
});

export type SystemSettings = z.output<typeof systemSettings>;
