import type { MetricFigures } from '@soliloquy/stage';

/** What a distillation says of itself. Figures of a term are given where its weight is above 0. */
export const DISTILLATION_FIGURES = {
  loss: { better: 'lower', text: 'L_simple on the clips, mean of the last tenth of the training' },
  distance: {
    better: 'lower',
    text: 'mean square of ẑ − ẑ_0, what the teacher would change, of its own deviation; mean of the last tenth',
  },
  'distance-start': { better: 'lower', text: 'the same, mean of the first tenth' },
  agreement: {
    better: 'higher',
    text: 'cosine of the gradients on x̂_0 through the renderer and through its linearisation, mean of the exact steps',
  },
  'agreement-least': { better: 'higher', text: 'the same, the least of the exact steps' },
  trajectory: {
    unit: 'px',
    better: 'lower',
    text: 'root mean square of û − u over what is seen, of films 768 pixels high or wide; mean of the last tenth',
  },
  rigidity: {
    better: 'lower',
    text: 'kNN distance preservation, units of the mean square spring; mean of the last tenth',
  },
  render: { better: 'lower', text: '0.8 L1 + 0.2 (1 − SSIM) of clips drawn again, mean of the last tenth' },
  'encoder-r2': { better: 'higher', text: 'R² of latents read of renders that the encoder was not fitted on, mean' },
  'linear-r2': { better: 'higher', text: 'R² of what the encoder reads by the linear route on the same poses, mean' },
  'points-r2': { better: 'higher', text: 'R² of x_t by the points of the clips, on frames that were not fitted on' },
  refinement: {
    better: 'lower',
    text: 'share of the squared error on face and hands of clips that the refinement leaves, mean of its last tenth',
  },
  'variance:body': { text: "variance over time of what is sampled for the voices, of the clips' variance" },
  'variance:face': { text: "variance over time of what is sampled for the voices, of the clips' variance" },
  'variance:hand': { text: "variance over time of what is sampled for the voices, of the clips' variance" },
  'vsd-steps': { unit: 'steps', text: 'steps in which L_vsd acted on all parts; others lacked variance' },
} as const satisfies MetricFigures;
