import type { PersonSampling } from '@soliloquy/motion-stream';

/** Frames that the transformer makes at once here: what its attention reaches for the newest ones, mostly. */
export const LIVE_FRAMES = 48;

/**
 * How a live person moves: the defaults of `causal`, in pieces of 120 ms, which is what 400 ms from sound to lips leave
 * beside the look-ahead, the networks, and drawing.
 */
export const LIVE_SAMPLING: Omit<PersonSampling, 'seed'> = {
  lookAhead: 120,
  piece: 3,
  steps: 4,
  held: 3,
  eta: 1,
  guidance: 1,
  blinks: true,
};
