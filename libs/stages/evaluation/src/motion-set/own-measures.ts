import type { Measure } from '@soliloquy/stage';
import { setAccelerationError } from './measures/acceleration-error-mediapipe.ts';
import { pointsAccelerationError } from './measures/acceleration-error-points.ts';
import { setBeatAlignment } from './measures/beat-alignment.ts';
import { pointsLipLikeness, setLipLikeness } from './measures/lip-likeness.ts';
import { motionDistance } from './measures/motion-distance.ts';
import { pointsVariance } from './measures/variance-points.ts';

/** The measures of a set of films, in the order in which they run. A new one is listed here. */
export const motionSetMeasures: readonly Measure[] = [
  motionDistance,
  pointsAccelerationError,
  setAccelerationError,
  pointsVariance,
  pointsLipLikeness,
  setLipLikeness,
  setBeatAlignment,
];
