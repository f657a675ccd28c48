import type { MetricFigures } from '@soliloquy/stage';

/** pixels of the whole view that the matte is grown by: what the person uncovers at its edge counts too */
export const GROWN = 3;
/** Every so many frames are measured. */
export const MEASURED = 4;

/** What a fit of any backbone says of how well it shows its clip. */
export const FIT_FIGURES = {
  psnr: {
    unit: 'dB',
    better: 'higher',
    text: `inside the matte grown by ${GROWN} px, mean over every ${MEASURED}th frame`,
  },
  ssim: { better: 'higher', text: 'on the same pixels' },
  'psnr-undeformed': { unit: 'dB', text: 'the canonical Gaussians at rest on the same pixels' },
  gain: { unit: 'dB', better: 'higher', text: 'psnr over psnr-undeformed' },
} as const satisfies MetricFigures;

/** What the field says beside that. */
export const FIELD_FIGURES = {
  'field-error': {
    unit: 'pixels',
    better: 'lower',
    text: 'how far the field is from where the last steps led, root of the robust mean',
  },
} as const satisfies MetricFigures;
