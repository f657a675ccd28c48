import type { Audio } from '@soliloquy/media';
import type { Draws } from '@soliloquy/random';
import type { Speaker } from '../text-to-speech/said-by.ts';
import type { TrainingVoice } from '../text-to-speech/voices.ts';
import { coarselyCoded, coloredNoise, companded, filtered, lineResponse, roomResponse, withNoise } from './damage.ts';

/** Share of clips in which the voice is as it is. */
const PLAIN = 0.15;

/** Someone who speaks with a voice, near it or far from it. */
export function drawSpeaker(voice: TrainingVoice, draws: Draws): Speaker {
  const [plain, tract, pitch, pace] = [draws.next(), draws.between(-1, 1), draws.between(-1, 1), draws.between(-1, 1)];
  if (plain < PLAIN) return { voice, tract: 1, pitch: undefined, pace: 1.25 ** pace };
  return { voice, tract: 1.22 ** tract, pitch: 140 * 1.85 ** pitch, pace: 1.35 ** pace };
}

/**
 * The clip as it might be recorded: rooms, lines, noise or other voices, codecs, any loudness. Its length and the
 * phones' times stay.
 *
 * @param others voices to put behind it
 */
export function recorded(audio: Audio, others: readonly Float32Array[], draws: Draws): Audio {
  const has = (share: number): boolean => draws.next() < share;
  const room = has(0.5) ? roomResponse(draws) : undefined;
  const line = has(0.7) ? lineResponse(draws) : undefined;
  let samples = filtered(audio.samples, room, line);
  if (has(0.6)) samples = withNoise(samples, coloredNoise(samples.length, draws), draws.between(3, 40));
  if (others.length > 0 && has(0.15))
    samples = withNoise(samples, babble(others, samples.length, draws), draws.between(8, 30));
  const loudest = samples.reduce((top, x) => Math.max(top, Math.abs(x)), 1e-9);
  const level = 10 ** (draws.between(-24, 0) / 20) / loudest;
  samples = samples.map((x) => x * level);
  if (has(0.12)) samples = companded(samples);
  if (has(0.25)) samples = coarselyCoded(samples, draws.between(4, 20), draws.between(1, 6));
  return { sampleRate: audio.sampleRate, samples };
}

/** Three other clips at once, backwards: like voices, but none to be understood. */
function babble(others: readonly Float32Array[], length: number, draws: Draws): Float32Array {
  const out = new Float32Array(length);
  for (let voice = 0; voice < 3; voice++) {
    const other = draws.pick(others);
    const shift = draws.index(other.length);
    for (let i = 0; i < length; i++) out[i] += other[other.length - 1 - ((i + shift) % other.length)];
  }
  return out;
}
