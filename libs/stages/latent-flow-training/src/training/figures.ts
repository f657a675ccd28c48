import type { MetricFigures } from '@soliloquy/stage';

/** What a training says of itself. */
export const FLOW_TRAINING_FIGURES = {
  loss: { better: 'lower', text: 'L_simple, mean of the last tenth of the training' },
  clips: { better: 'higher', text: 'clips that were learned from; others were not followed well enough' },
} as const satisfies MetricFigures;
