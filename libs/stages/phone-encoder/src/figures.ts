import type { MetricFigures } from '@soliloquy/stage';

/** What a training says of itself. */
export const PHONE_TRAINING_FIGURES = {
  loss: { better: 'lower', text: 'cross entropy of the phones, mean of the last tenth of the training' },
  accuracy: {
    better: 'higher',
    text: 'share of moments whose phone was named, mean of the last tenth of the training; of clips it learns from',
  },
} as const satisfies MetricFigures;
