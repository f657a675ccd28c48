import type { MetricFigures } from '@soliloquy/stage';

/** What is said of a clip. */
export const CLIP_FIGURES = {
  begins: { unit: 's', text: 'where in the footage it begins' },
  presence: { better: 'higher', text: 'share of the looks at it in which the face of the person is seen' },
  eyes: { unit: 'pixels', better: 'higher', text: 'mean distance of the outer corners of the eyes' },
  sharpness: { better: 'higher', text: 'variance of the Laplacian over the face, mean' },
  background: { better: 'lower', text: 'how much what is around the person changes between looks, 0 … 1' },
  speech: { better: 'higher', text: 'share of its frames in which somebody speaks' },
} as const satisfies MetricFigures;
