import type { MetricFigures } from '@soliloquy/stage';
import { BAND } from './outline-band.ts';

/** What canonical Gaussians say of how well they show the picture. */
export const CANONICAL_FIGURES = {
  psnr: {
    unit: 'dB',
    better: 'higher',
    text: 'the canonical Gaussians against the picture, inside the matte, at film size',
  },
  'outline-psnr': {
    unit: 'dB',
    better: 'higher',
    text: `the same over the background, within ${BAND} px to both sides of the matte's outline`,
  },
  sharpness: { better: 'higher', text: 'variance of the Laplacian of the face over that of the picture' },
  gaussians: { text: 'canonical Gaussians, hidden ones included' },
} as const satisfies MetricFigures;
