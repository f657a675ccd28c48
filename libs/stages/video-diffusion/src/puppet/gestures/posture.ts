import { namedDraws } from '@soliloquy/random';
import type { Gesturer } from './hand-plan.ts';
import { Glide } from './minimum-jerk.ts';
import { strokeTimes } from './stroke-times.ts';
import { pauseAfter, type VoiceRhythm } from './voice-rhythm.ts';

/** How head and trunk hold themselves, which changes with what is said. */
export interface Posture {
  /** radians, as the channels of these names */
  readonly yaw: Glide;
  readonly pitch: Glide;
  readonly roll: Glide;
  readonly lean: Glide;
  /** −1 … 1 */
  readonly shift: Glide;
}

/** A pause in which one listens, seconds. */
const LISTENING = 1.2;

/**
 * Head and trunk take up another posture as a phrase begins and within a long one on some stresses, so that postures
 * mark what is said (Kendon 1972); when a longer pause begins they turn back to the one who is spoken to. Weight goes
 * from leg to leg between phrases.
 */
export function postureOf(rhythm: VoiceRhythm, { seed, manner: { size } }: Gesturer): Posture {
  const posture = { yaw: new Glide(), pitch: new Glide(), roll: new Glide(), lean: new Glide(), shift: new Glide() };
  let last = -Infinity;
  rhythm.phrases.forEach((phrase, index) => {
    const draws = namedDraws(seed, `posture ${index}`);
    const turns = [phrase.start, ...phrase.stresses.map(({ onset }) => onset)];
    for (const turn of turns) {
      if (turn - last < draws.between(0.9, 2)) continue;
      last = turn;
      const seconds = draws.between(0.45, 0.85);
      const from = turn - 0.5 * seconds;
      posture.yaw.to(size * draws.around(0.095), from, seconds);
      posture.pitch.to(size * draws.around(0.04), from, seconds);
      posture.roll.to(size * draws.around(0.036), from, seconds);
    }
    const settled = draws.between(0.8, 1.3);
    posture.lean.to(size * draws.around(0.015), phrase.start - 0.4 * settled, settled);
    if (index % 2 === 1 || draws.next() < 0.4)
      posture.shift.to(
        Math.max(-1, Math.min(1, size * draws.around(0.9))),
        phrase.start - 0.6 * settled,
        1.2 * settled,
      );
    if (pauseAfter(rhythm, index) < 0.5) return;
    const seconds = draws.between(0.6, 1);
    const from = phrase.end - 0.2;
    posture.yaw.to(size * draws.around(0.03), from, seconds);
    posture.pitch.to(0, from, seconds);
    posture.roll.to(size * draws.around(0.025), from, seconds);
    last = from + seconds - 0.8;
  });
  return posture;
}

/** Small nods of a listener, chin down: seconds at which each is lowest, and how deep it is, 0 … 1. */
export function listeningNods(
  { phrases, seconds }: VoiceRhythm,
  seed: number,
): readonly { readonly time: number; readonly depth: number }[] {
  const draws = namedDraws(seed, 'listening');
  const ends = [0, ...phrases.map(({ end }) => end)];
  const starts = [...phrases.map(({ start }) => start), seconds];
  return ends.flatMap((end, i) => {
    const nods: { time: number; depth: number }[] = [];
    if (starts[i] - end < LISTENING) return nods;
    for (let t = end + draws.between(0.6, 1.4); t < starts[i] - 0.4; t += draws.between(1.4, 3.2)) {
      nods.push({ time: t, depth: draws.between(0.4, 0.8) });
      // Often it is a double one.
      if (draws.next() < 0.5) nods.push({ time: t + draws.between(0.38, 0.5), depth: draws.between(0.2, 0.5) });
    }
    return nods;
  });
}

/**
 * Shrugs of a body whose hands do not gesture: the shoulders take the strokes. A little apart from each other in time
 * and height.
 */
export function shoulderStrokes(
  rhythm: VoiceRhythm,
  { seed, manner }: Gesturer,
): { readonly left: Glide; readonly right: Glide } {
  const shoulders = { left: new Glide(), right: new Glide() };
  rhythm.phrases.forEach((phrase, index) => {
    const draws = namedDraws(seed, `shoulders ${index}`);
    for (const { preparation, stroke, apex, stress } of strokeTimes(phrase, {
      draws,
      pace: manner.pace,
      after: 0,
      until: phrase.end,
    })) {
      const height = Math.min(1, manner.size * (0.2 + 0.5 * stress) * draws.between(0.6, 1.3));
      const from = preparation ?? stroke;
      const hold = draws.between(0.1, 0.4);
      for (const shoulder of [shoulders.left, shoulders.right]) {
        shoulder.to(height * draws.between(0.6, 1), from, apex - from);
        shoulder.to(height * draws.between(0, 0.2), apex + hold, draws.between(0.35, 0.5));
      }
    }
    for (const shoulder of [shoulders.left, shoulders.right]) shoulder.to(0, phrase.end + 0.1, 0.6);
  });
  return shoulders;
}
