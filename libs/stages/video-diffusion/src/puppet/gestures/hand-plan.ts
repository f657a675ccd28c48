import { namedDraws, type Draws } from '@soliloquy/random';
import { PathMemory, strokeShapes, type PathShape } from './likeness.ts';
import type { Manner } from './manner.ts';
import { Glide, Way, type Course, type Place } from './minimum-jerk.ts';
import { fitted, roomierSide, type GesturingHand, type Reach } from './reach.ts';
import { besides, drawKind, drawStroke, type StrokeShape } from './repertoire.ts';
import { strokeTimes, type StrokeTimes } from './stroke-times.ts';
import { pauseAfter, type Phrase, type VoiceRhythm } from './voice-rhythm.ts';

/** A stroke or a way back is drawn anew while its path correlates by more than this with one of the last minute. */
const ALIKE = 0.76;
const DRAWS_AT_MOST = 40;
/** In a shorter pause hands stay where they are. Seconds. */
const REST_PAUSE = 0.6;
/** Before a rest no stroke ends in this last part of a phrase: hands are on their way back then. Seconds. */
const LAST_STROKE = 0.7;

/** What one hand does, and the shoulder with it. */
export interface HandPlan {
  readonly hand: GesturingHand;
  readonly way: Way;
  readonly turn: Glide;
  readonly spread: Glide;
  readonly shrug: Glide;
}

interface PlannedHand extends HandPlan {
  readonly memory: PathMemory;
  /** seconds: it has arrived then */
  busy: number;
}

/** How a gesturer is: its manner, and its seed. */
export interface Gesturer {
  readonly seed: number;
  readonly manner: Manner;
}

/**
 * Plans what hands do to a voice. In every phrase they are raised, make strokes one after the other without coming back
 * between, and return to rest as it ends unless the next begins soon. Everything drawn for a phrase comes from streams
 * of its own.
 */
export function planHands(
  rhythm: VoiceRhythm,
  hands: readonly GesturingHand[],
  { seed, manner }: Gesturer,
): readonly HandPlan[] {
  const planned = hands.map((hand) => ({
    ...{ hand, way: new Way(), turn: new Glide(), spread: new Glide(), shrug: new Glide() },
    ...{ memory: new PathMemory(), busy: 0 },
  }));
  if (!manner.hands || manner.size === 0) return planned;
  let leader = namedDraws(seed, 'handedness').index(2);
  rhythm.phrases.forEach((phrase, index) => {
    const draws = namedDraws(seed, `phrase ${index}`);
    const shared = partsOf(planned, draws, leader);
    leader = shared.leader;
    const home = { out: draws.between(-0.08, 0.09), up: draws.between(0.13, 0.26) };
    const after = Math.max(0, ...planned.map(({ busy }) => busy));
    const staying = pauseAfter(rhythm, index) < REST_PAUSE && draws.next() < 0.75;
    const until = staying ? phrase.end : phrase.end - LAST_STROKE;
    const strokes = strokeTimes(phrase, { draws, pace: manner.pace, after, until });
    for (const [k, times] of strokes.entries())
      gesture(planned, times, {
        home,
        parts: shared.parts,
        next: strokes[k + 1]?.preparation ?? strokes[k + 1]?.stroke ?? phrase.end,
        size: manner.size * phrase.vigour ** 0.5 * (0.48 + 0.38 * times.stress),
        stream: (n) => namedDraws(seed, `stroke ${index}.${k}.${n}`),
      });
    if (!staying)
      for (const one of planned.filter(raised))
        bringBack(one, phrase, (n) => namedDraws(seed, `return ${index}.${one.hand.side}.${n}`));
  });
  return planned;
}

/** How large each hand's part in a phrase is: two phrases of three are for both; else one leads, and mostly in turn. */
function partsOf(hands: readonly PlannedHand[], draws: Draws, leader: number): { parts: number[]; leader: number } {
  const [together, alternates, faint] = [draws.next() < 0.65, draws.next() < 0.8, draws.between(0.2, 0.55)];
  if (together || hands.length < 2) return { parts: hands.map(() => 1), leader };
  const leads = alternates ? 1 - leader : leader;
  return { parts: hands.map((_, i) => (i === leads ? 1 : faint)), leader: leads };
}

/** What is common to the draws of one stroke. */
interface Stroke {
  readonly home: Place;
  readonly size: number;
  /** of each hand, 0 … 1 */
  readonly parts: readonly number[];
  /** seconds: when hands go on */
  readonly next: number;
  /** the draws of the nth try */
  readonly stream: (n: number) => Draws;
}

function gesture(hands: readonly PlannedHand[], times: StrokeTimes, { home, size, parts, next, stream }: Stroke): void {
  const from = times.preparation ?? times.stroke;
  const { value: shapes } = leastAlike(
    (n) => {
      const draws = stream(n);
      const first = drawStroke(drawKind(draws), draws);
      const value = hands.map((_, i) => (i === 0 ? first : besides(first, draws)));
      const paths = hands.map(({ way, hand }, i) => {
        const trial = way.since(from);
        strokeWay(trial, value[i], times, { home, size: size * parts[i], reach: hand.reach });
        return strokeShapes(trial, { from, until: times.apex }, hand.reach);
      });
      return { value, alike: Math.max(...hands.map(({ memory }, i) => memory.likest(times.apex, paths[i]))), paths };
    },
    hands,
    times.apex,
  );
  hands.forEach((one, i) => {
    const shape = shapes[i];
    const own = size * parts[i];
    strokeWay(one.way, shape, times, { home, size: own, reach: one.hand.reach });
    // The hand turns and opens with the stroke; the shoulder is up when it ends.
    const until = times.apex - from;
    one.turn.to(own * shape.turn, from + 0.3 * until, 0.7 * until);
    one.spread.to(Math.max(-1, Math.min(1, own * shape.spread)), from + 0.3 * until, 0.7 * until);
    one.shrug.to(Math.min(1, own * shape.shrug), from + 0.2 * until, 0.8 * until);
    sink(one, { apex: times.apex, next, draws: stream(DRAWS_AT_MOST + i) }, own);
    one.busy = times.apex;
  });
}

/** Preparation and stroke of one hand. */
function strokeWay(
  way: Way,
  shape: StrokeShape,
  times: StrokeTimes,
  { home, size, reach }: { readonly home: Place; readonly size: number; readonly reach: Reach },
): void {
  const placed = ({ out, up }: Place): Place =>
    fitted({ out: size * (home.out + roomierSide(reach) + out), up: size * (home.up + up) }, reach);
  const { preparation, stroke, prepared, apex } = times;
  if (preparation !== undefined)
    way.to(placed(shape.windup), course(preparation, prepared, { bow: shape.bows[0], skew: shape.skews[0] }));
  const loop = shape.loop && {
    ...shape.loop,
    size: { out: size * shape.loop.size.out, up: Math.min(size * shape.loop.size.up, 0.4 * (reach.up + reach.down)) },
  };
  way.to(placed(shape.apex), course(stroke, apex, { bow: shape.bows[1], skew: shape.skews[1], loop }));
}

/**
 * Holds are not rigid: from the apex on a hand sinks slowly back, into the next preparation, so that it is slowest at
 * the apex itself.
 */
function sink(
  { way, hand }: PlannedHand,
  { apex, next, draws }: { readonly apex: number; readonly next: number; readonly draws: Draws },
  size: number,
): void {
  const hold = Math.max(0.25, next - apex);
  const depth = size * Math.min(0.06, 0.05 * hold);
  const sunk = { out: way.at.out + depth * draws.around(0.8), up: way.at.up - depth * draws.between(0.5, 1) };
  way.to(fitted(sunk, hand.reach), { from: apex, seconds: hold + 0.25 });
}

function course(from: number, until: number, style: Omit<Course, 'from' | 'seconds'>): Course {
  return { from, seconds: until - from, ...style };
}

function raised({ way }: PlannedHand): boolean {
  return Math.hypot(way.at.out, way.at.up) > 0.03;
}

/** Back to rest, or to within a hair of it, over some place beside the straight way, as the phrase ends. */
function bringBack(one: PlannedHand, phrase: Phrase, stream: (n: number) => Draws): void {
  const { value: goBack } = leastAlike(
    (n) => {
      const value = drawReturn(one, phrase, stream(n));
      const trial = one.way.since(value.from);
      value.apply(trial);
      const paths = [strokeShapes(trial, { from: value.from, until: value.from + value.seconds }, one.hand.reach)];
      return { value, paths, alike: one.memory.likest(value.from, paths[0]) };
    },
    [one],
    phrase.end,
  );
  const { from, seconds } = goBack;
  goBack.apply(one.way);
  for (const glide of [one.turn, one.spread, one.shrug]) glide.to(0, from, seconds);
  one.busy = from + seconds;
}

function drawReturn({ busy, way, hand: { reach } }: PlannedHand, phrase: Phrase, draws: Draws) {
  const from = Math.max(busy + draws.between(0.06, 0.14), phrase.end - draws.between(0.52, 0.68));
  const seconds = draws.between(0.52, 0.7);
  const kept = draws.between(0.3, 0.8);
  const beside = { out: kept * way.at.out + draws.around(0.12), up: kept * way.at.up + draws.around(0.09) };
  const rest = { out: draws.around(0.025), up: draws.around(0.025) };
  const bows = [draws.around(0.8), draws.around(0.8)];
  const skews = [draws.between(0.75, 1.35), draws.between(0.75, 1.35)];
  const parts = [draws.between(0.4, 0.7), draws.between(0.7, 0.8)];
  return {
    from,
    seconds,
    apply(to: Way): void {
      const second = (1 - parts[1]) * seconds;
      to.to(fitted(beside, reach), { from, seconds: parts[0] * seconds, bow: bows[0], skew: skews[0] });
      to.to(fitted(rest, reach), { from: from + second, seconds: seconds - second, bow: bows[1], skew: skews[1] });
    },
  };
}

interface Draft<T> {
  readonly value: T;
  readonly paths: readonly (readonly PathShape[])[];
  readonly alike: number;
}

/** The first of some drafts that is not like what the hands did lately, or else the least alike; it is remembered. */
function leastAlike<T>(draft: (n: number) => Draft<T>, hands: readonly PlannedHand[], time: number): Draft<T> {
  let best = draft(0);
  for (let n = 1; n < DRAWS_AT_MOST && best.alike > ALIKE; n++) {
    const next = draft(n);
    if (next.alike < best.alike) best = next;
  }
  hands.forEach(({ memory }, i) => memory.add(time, best.paths[i]));
  return best;
}
