import { z } from 'zod';

/** The param of measures that compare pictures: one object, since several read it. */
export const every = z
  .int()
  .min(1)
  .max(1000)
  .default(10)
  .describe('Pictures are compared every so many frames')
  .meta({ unit: 'frames' });
