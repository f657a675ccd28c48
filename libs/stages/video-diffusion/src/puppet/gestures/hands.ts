import { namedDraws } from '@soliloquy/random';
import type { BodyMeans } from '../body-means.ts';
import { planHands, type Gesturer, type HandPlan } from './hand-plan.ts';
import { shoulderStrokes } from './posture.ts';
import { gesturingHands, within } from './reach.ts';
import type { VoiceRhythm } from './voice-rhythm.ts';
import { wander } from './wander.ts';

type Side = 'left' | 'right';

/** Hand channels of one side, f64 [F]; as the motion's channels of these names. */
export interface SideMotion {
  readonly out: Float64Array;
  readonly up: Float64Array;
  readonly turn: Float64Array;
  readonly spread: Float64Array;
  readonly shrug: Float64Array;
}

/** Hands are never quite still: so far, sw. */
const DRIFT = 0.006;

/**
 * What hands and shoulders do at some times. Never more than a hand's reach; 0 where an arm may move its shoulder only,
 * or is not there. Hands that hold each other go the same way in the picture. Where no hand gestures, shoulders do.
 *
 * @param times f64 [F] seconds, ascending
 */
export function handMotion(
  rhythm: VoiceRhythm,
  means: BodyMeans,
  { gesturer, times }: { readonly gesturer: Gesturer; readonly times: Float64Array },
): Readonly<Record<Side, SideMotion>> {
  const sides = { left: still(times.length), right: still(times.length) };
  const hands = gesturingHands(means);
  for (const plan of planHands(rhythm, hands, gesturer)) {
    sampleHand(sides[plan.hand.side], plan, times, gesturer);
    if (plan.hand.leads) follow(sides.right, sides.left);
  }
  if (hands.length === 0 || !gesturer.manner.hands) {
    const shoulders = shoulderStrokes(rhythm, gesturer);
    for (const side of ['left', 'right'] as const)
      times.forEach((t, f) => (sides[side].shrug[f] = shoulders[side].value(t)));
  }
  return sides;
}

function still(frames: number): SideMotion {
  const zeros = (): Float64Array => new Float64Array(frames);
  return { out: zeros(), up: zeros(), turn: zeros(), spread: zeros(), shrug: zeros() };
}

function sampleHand(side: SideMotion, plan: HandPlan, times: Float64Array, { seed, manner }: Gesturer): void {
  const { hand, way, turn, spread, shrug } = plan;
  const draws = namedDraws(seed, `drift ${hand.side}`);
  const drift = [wander(draws.next), wander(draws.next)];
  const { out, up } = way.along(times);
  const idle = DRIFT * manner.size;
  times.forEach((t, f) => {
    const place = within({ out: out[f] + idle * drift[0](t), up: up[f] + idle * drift[1](t) }, hand.reach);
    side.out[f] = place.out;
    side.up[f] = place.up;
    side.turn[f] = turn.value(t);
    side.spread[f] = spread.value(t);
    side.shrug[f] = shrug.value(t);
  });
}

/** The left hand in the right one: same way in the picture, no turn or spread of its own. */
function follow(right: SideMotion, left: SideMotion): void {
  right.out.forEach((value, f) => (left.out[f] = -value));
  left.up.set(right.up);
  left.shrug.set(right.shrug);
  for (const { turn, spread } of [left, right]) {
    turn.fill(0);
    spread.fill(0);
  }
}
