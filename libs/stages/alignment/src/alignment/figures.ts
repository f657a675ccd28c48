import type { MetricFigures } from '@soliloquy/stage';

/** What an alignment says of its decoder and of its shared space. */
export const ALIGNMENT_FIGURES = {
  unexplained: { better: 'lower', text: 'share of the standardised motion that the decoder does not give back' },
  retrieval: {
    better: 'higher',
    text:
      'how often a 25-frame patch of motion is nearer to its own voice than to that of another time in the clip; ' +
      '0.5 is chance',
  },
} as const satisfies MetricFigures;
