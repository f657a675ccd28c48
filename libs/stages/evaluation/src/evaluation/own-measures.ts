import type { Measure } from '@soliloquy/stage';
import { particleAccelerationError } from './measures/acceleration-error.ts';
import { psnr } from './measures/psnr.ts';
import { sharpness } from './measures/sharpness.ts';
import { ssim } from './measures/ssim.ts';
import { syncEnvelopeLag } from './measures/sync-envelope-lag.ts';
import { syncEnvelope } from './measures/sync-envelope.ts';
import { variance } from './measures/variance.ts';

/** The measures that come with `evaluation`, in the order in which they run. A new one is listed here. */
export const ownMeasures: readonly Measure[] = [
  sharpness,
  psnr,
  ssim,
  particleAccelerationError,
  variance,
  syncEnvelope,
  syncEnvelopeLag,
];
