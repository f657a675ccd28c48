import type { Audio } from './audio.ts';
import { VOICE_SECONDS } from './check-voice.ts';

/** A film as long as the longest voice, at the most frames a second that a screen shows. */
export const FILM_MOST = { fps: 120, frames: 120 * VOICE_SECONDS.max } as const;

/** Frames that a product of two doubles may be off; one sample more of a voice is at least 1e-4 frames. */
const ROUNDING = 1e-9;

/**
 * How many frames a film has that is as long as its voice: ⌈seconds · fps⌉, at least one. Whatever makes a film, motion
 * or features for a voice asks here, so that all of them have the same number.
 *
 * @param fps frames per second, above 0
 */
export function framesOf({ samples, sampleRate }: Audio, fps: number): number {
  return Math.max(1, Math.ceil((samples.length / sampleRate) * fps - ROUNDING));
}
