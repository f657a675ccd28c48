import type { MetricFigures } from '@soliloquy/stage';

/** What a training says of itself. */
export const TRAINING_FIGURES = {
  loss: { better: 'lower', text: 'L_simple, mean of the last tenth of the training' },
} as const satisfies MetricFigures;
