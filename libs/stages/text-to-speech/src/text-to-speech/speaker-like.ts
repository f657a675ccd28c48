import type { Audio } from '@soliloquy/ports';
import type { Draws } from '@soliloquy/random';
import { speechPitch } from '@soliloquy/speech-features';
import { StageError } from '@soliloquy/stage';
import type { Speaker } from './said-by.ts';
import { TRAINING_VOICES, type Voice } from './voices.ts';

/** Pitch that each voice speaks at by itself, Hz; measured. */
export const OWN_PITCH: Record<Voice, number> = { slt: 170, rms: 102, awb: 134, kal16: 89 };
/** Hz. Most women speak above it, most men below. */
const BETWEEN = 150;
/** How far speakers are from one another: as a factor up or down. */
const SPREAD = { tract: 1.06, pitch: 1.08, pace: 1.15 };
/** Frames a second at which pitch is looked for. */
const RATE = 50;
/** A sound of fewer voiced frames is no voice. */
const FEWEST = 10;

/**
 * A speaker whose pitch is about that of a recording, of a voice as high or as low: another one for every draw, so that
 * what is learned from several does not hang on one voice. None is of a voice that is kept for judging.
 *
 * @throws StageError `stage.no-voice` where the recording has no voice
 */
export function speakerLike(like: Audio, draws: Draws): Speaker {
  const pitch = medianPitch(like);
  const isHigh = (hertz: number): boolean => hertz >= BETWEEN;
  return about(draws.pick(TRAINING_VOICES.filter((each) => isHigh(OWN_PITCH[each]) === isHigh(pitch))), pitch, draws);
}

/** A speaker about one of the voices that are not kept for judging: another one for every draw. */
export function someSpeaker(draws: Draws): Speaker {
  const voice = draws.pick(TRAINING_VOICES);
  return about(voice, OWN_PITCH[voice], draws);
}

function about(voice: Voice, pitch: number, draws: Draws): Speaker {
  const factor = (spread: number): number => spread ** draws.between(-1, 1);
  return { voice, tract: factor(SPREAD.tract), pitch: pitch * factor(SPREAD.pitch), pace: factor(SPREAD.pace) };
}

/** Hz, of the voiced frames. */
function medianPitch(like: Audio): number {
  const frames = Math.max(1, Math.floor((like.samples.length / like.sampleRate) * RATE));
  const loudest = like.samples.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const voiced = speechPitch(like, RATE, frames)
    .filter((hertz) => hertz > 0)
    .sort();
  if (voiced.length >= FEWEST && loudest > 0) return voiced[Math.floor(voiced.length / 2)];
  throw new StageError({
    code: 'stage.no-voice',
    where: 'text-to-speech.like',
    expected: 'a recording of a voice',
    got: 'a sound in which none is heard',
    remedy: 'connect another, or choose a voice',
  });
}
