import type { MetricFigures } from '@soliloquy/stage';

/** What canonical Gaussians say of how well they show the picture. */
export const CANONICAL_FIGURES = {
  psnr: {
    unit: 'dB',
    better: 'higher',
    text: 'the canonical Gaussians against the picture, inside the matte, at film size',
  },
  sharpness: { better: 'higher', text: 'variance of the Laplacian of the face over that of the picture' },
  gaussians: { text: 'canonical Gaussians, hidden ones included' },
} as const satisfies MetricFigures;
