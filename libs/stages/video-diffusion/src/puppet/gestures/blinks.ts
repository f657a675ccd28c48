import { namedDraws } from '@soliloquy/random';
import { smoothstep } from '@soliloquy/signal';
import type { VoiceRhythm } from './voice-rhythm.ts';

/**
 * Starts of the blinks, seconds: the first within 0.5 … 2 s, then every 2 … 5 s; often where a phrase ends in that time
 * (Nakano & Kitazawa 2010).
 */
export function blinkTimes({ phrases, seconds }: VoiceRhythm, seed: number): number[] {
  const draws = namedDraws(seed, 'blinks');
  const times: number[] = [];
  for (let t = draws.between(0.5, 2), drawn = t; t < seconds; t = drawn) {
    times.push(t);
    const [usual, atEnd, delay] = [t + draws.between(2, 5), draws.next() < 0.7, draws.between(-0.05, 0.15)];
    const end = phrases.find((phrase) => phrase.end + delay > t + 1.6 && phrase.end + delay < t + 5)?.end;
    drawn = atEnd && end !== undefined ? end + delay : usual;
  }
  return times;
}

/** How shut the lids are, `t` seconds after a blink began: 80 ms down, 40 ms shut, 130 ms up. */
export function lid(t: number): number {
  return t < 0.1 ? smoothstep(0, 0.08, t) : 1 - smoothstep(0.12, 0.25, t);
}
