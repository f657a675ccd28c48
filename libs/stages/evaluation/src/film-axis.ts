import { z } from 'zod';

/** Along which axis the films of a set lie. */
export const filmAxis = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/, { error: 'the name of an axis' })
  .default('clip')
  .describe('The axis that the films lie along, e.g. clip');
