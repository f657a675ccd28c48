import type { Draws } from '@soliloquy/random';
import type { Phrase, Syllable } from './voice-rhythm.ts';

/** When one stroke happens, seconds; its phases are McNeill's (1992). */
export interface StrokeTimes {
  /** where preparation begins; undefined where there is no time for one */
  readonly preparation?: number;
  readonly stroke: number;
  /** where preparation ends: as the stroke begins, or later, where one goes over into the other without a stop */
  readonly prepared: number;
  /** the stroke ends, and a hold begins */
  readonly apex: number;
  /** 0 … 1 of the syllable that it falls on */
  readonly stress: number;
}

/** Strokes are at least so far apart, and usually between the two others, seconds at pace 1. */
const APART = { least: 0.55, usual: [1.2, 2.7] } as const;
const LEFT_OUT = 0.2;
/** A hand that has arrived stays for at least so long, seconds. */
const SHORTEST_HOLD = 0.06;

/** What strokes of a phrase are planned with. */
export interface StrokeSpan {
  readonly draws: Draws;
  readonly pace: number;
  /** seconds: hands are busy until then, and no stroke ends after then */
  readonly after: number;
  readonly until: number;
}

/**
 * When a phrase's strokes happen. Apexes fall on the onset of stressed syllables or up to 40 ms before it (McNeill
 * 1992; Kendon 2004), the strongest of those that are near; a stroke begins with an earlier syllable, if one fits.
 */
export function strokeTimes(phrase: Phrase, { draws, pace, after, until }: StrokeSpan): StrokeTimes[] {
  const times: StrokeTimes[] = [];
  let free = after;
  for (const syllable of accented(phrase, draws, pace)) {
    if (syllable.onset > until) break;
    const apex = syllable.onset - draws.between(0, 0.04);
    const { stroke, stops } = strokeStart(phrase, apex, draws);
    const prepared = stops ? stroke : stroke + draws.between(0.35, 0.55) * (apex - stroke);
    const preparation = Math.max(free, stroke - draws.between(0.28, 0.5));
    free = apex + SHORTEST_HOLD + draws.between(0, 0.1);
    const stress = syllable.stress;
    if (stroke - preparation >= 0.2) times.push({ preparation, stroke, prepared, apex, stress });
    else if (apex - preparation >= 0.2) {
      const direct = Math.max(preparation, apex - 0.5);
      times.push({ stroke: direct, prepared: direct, apex, stress });
    }
  }
  return times;
}

/** Of a phrase's stresses those that are gestured on: the strongest within each of a row of intervals. */
function accented({ stresses, end }: Phrase, draws: Draws, pace: number): Syllable[] {
  const chosen: Syllable[] = [];
  // Now and then a stroke is left out: hands stay where they are for longer.
  const apart = (): number => ((draws.next() < LEFT_OUT ? 1.7 : 1) * draws.between(...APART.usual)) / pace;
  let [from, until] = [-Infinity, (stresses[0]?.onset ?? end) + 0.6 * apart()];
  while (from < end) {
    const near = stresses.filter(({ onset }) => onset >= from && onset < until);
    if (near.length > 0) {
      const best = near.reduce((a, b) => (b.stress > a.stress ? b : a));
      chosen.push(best);
      from = best.onset + APART.least / pace;
    } else from = until;
    until = Math.max(until, from) + apart() - APART.least / pace;
  }
  return chosen;
}

/** Where the stroke itself begins: after a stop at a syllable's onset if one is 0.18 to 0.42 s before its end. */
function strokeStart({ syllables }: Phrase, apex: number, draws: Draws): { stroke: number; stops: boolean } {
  const fitting = syllables.filter(({ onset }) => onset <= apex - 0.18 && onset >= apex - 0.42);
  const drawn = apex - draws.between(0.22, 0.36);
  return fitting.length > 0 ? { stroke: draws.pick(fitting).onset, stops: true } : { stroke: drawn, stops: false };
}
