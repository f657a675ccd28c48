import { audio, tracks } from '@soliloquy/ports';
import type { InputSpec } from '@soliloquy/stage';

const gathers = { param: 'axis' } as const;

/**
 * What a set of films is judged by. All must be connected, so that no figure stands without the others: standing still
 * lowers an acceleration error, and trembling raises a variance.
 */
export const motionSetInputs = {
  tracks: { type: tracks, gathers, summary: 'the person of every film, by the tracking networks' },
  truthTracks: { type: tracks, gathers, summary: 'the same of the true films of the same voices' },
  points: { type: tracks, gathers, summary: 'the points of every film, by the point tracker' },
  truthPoints: { type: tracks, gathers, summary: 'the same of the true films' },
  audio: { type: audio, gathers, summary: 'the voice of every film' },
} as const satisfies Record<string, InputSpec>;

/** Those of them that are tracks: the films', then the truths'. */
export const TRACK_INPUTS = [
  ['tracks', 'truthTracks'],
  ['points', 'truthPoints'],
] as const;
