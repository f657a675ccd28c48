import { tracks, video } from '@soliloquy/ports';
import type { InputSpec } from '@soliloquy/stage';

const gathers = { param: 'axis' } as const;

/** What a measure of a set of films can look at. Only the films must be connected. */
export const filmSetInputs = {
  videos: { type: video, gathers, summary: 'the films' },
  truths: { type: video, gathers, summary: 'true films, of as many voices as there are', optional: true },
  tracks: { type: tracks, gathers, summary: 'the person of every film, by the tracking networks', optional: true },
  truthTracks: { type: tracks, gathers, summary: 'the same of the true films', optional: true },
} as const satisfies Record<string, InputSpec>;

/** Which stage the inputs are of. */
export const FILM_SET = 'film-set-evaluation';
