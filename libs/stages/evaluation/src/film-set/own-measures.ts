import type { Measure } from '@soliloquy/stage';
import { diversity, trueDiversity } from './measures/diversity.ts';
import { fid } from './measures/fid.ts';
import { fvd } from './measures/fvd.ts';
import { fvmd, fvmdOfCoTracker, fvmdOfFlow } from './measures/fvmd.ts';

/** The measures of a set of films and true films, in the order in which they run. A new one is listed here. */
export const filmSetMeasures: readonly Measure[] = [
  fvmdOfFlow,
  diversity,
  trueDiversity,
  fid,
  fvd,
  fvmd,
  fvmdOfCoTracker,
];
