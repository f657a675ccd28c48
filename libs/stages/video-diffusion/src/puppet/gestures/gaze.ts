import { namedDraws } from '@soliloquy/random';
import { smoothstep } from '@soliloquy/signal';
import { Glide } from './minimum-jerk.ts';
import type { VoiceRhythm } from './voice-rhythm.ts';

/** Where the eyes look: −1 … 1, to the right of the picture and down. */
export interface Gaze {
  readonly x: Glide;
  readonly y: Glide;
}

/**
 * Gaze goes from place to place by saccades. Speakers look away as they begin a phrase, to think, and come back before
 * it is over (Kendon 1967); who listens looks at the speaker. Between them the eyes dwell 0.8 to 2.2 s near the viewer.
 */
export function gazeOf(rhythm: VoiceRhythm, seed: number): Gaze {
  const draws = namedDraws(seed, 'gaze');
  const gaze = { x: new Glide(), y: new Glide() };
  const look = (x: number, y: number, from: number): void => {
    const seconds = 0.05 + 0.03 * draws.next();
    gaze.x.to(x, from, seconds);
    gaze.y.to(y, from, seconds);
  };
  const away = awayTimes(rhythm, seed);
  for (let t = draws.between(0.4, 1.4), i = 0; t < rhythm.seconds;) {
    while (i < away.length && away[i].until <= t) i++;
    const next = away.at(i);
    if (next && t >= next.from) {
      look(next.x, next.y, next.from);
      look(draws.around(0.08), draws.around(0.06), next.until);
      t = next.until + draws.between(0.8, 2.2);
    } else {
      look(draws.around(0.14), draws.around(0.1), t);
      const dwelt = t + draws.between(0.8, 2.2);
      t = next && dwelt > next.from - 0.2 ? next.from : dwelt;
    }
  }
  return gaze;
}

/** When the eyes leave the viewer, seconds, and where they go. */
function awayTimes({ phrases }: VoiceRhythm, seed: number) {
  return phrases.flatMap(({ start, end }, index) => {
    const draws = namedDraws(seed, `away ${index}`);
    const pause = start - (phrases[index - 1]?.end ?? 0);
    const [leaves, side] = [draws.next() < 0.4 + 0.3 * smoothstep(0.25, 0.8, pause), draws.next() < 0.5 ? -1 : 1];
    const from = start + draws.between(-0.25, 0.1);
    const until = Math.min(end, from + draws.between(0.5, 1.3));
    if (!leaves || until - from < 0.35 || from < 0.4) return [];
    return [{ from, until, x: side * draws.between(0.35, 0.85), y: draws.between(-0.45, 0.4) }];
  });
}
