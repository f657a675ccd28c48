import type { Audio } from '@soliloquy/ports';
import { lagCorrelation } from '@soliloquy/signal';
import { speechEnvelope } from '@soliloquy/speech-features';
import { REACH } from '../mouth-and-voice.ts';
import type { SeenPerson } from './seen-person.ts';

/** Correlation of the opening of the film's lips with a voice's loudness over ±REACH frames. */
export function lipsAndVoice({ lipOpening, person }: SeenPerson, voice: Audio) {
  return lipOpening && lagCorrelation(lipOpening, speechEnvelope(voice, person.fps, person.frames), REACH);
}
