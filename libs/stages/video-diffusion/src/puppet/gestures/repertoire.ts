import type { Draws } from '@soliloquy/random';
import type { Place } from './minimum-jerk.ts';

type Range = readonly [number, number];

/** What one kind of stroke may be like. Places in sw beside where the hand gestures, at size 1. */
interface Kind {
  /** how often it is chosen, among the others */
  readonly share: number;
  /** where the stroke begins and where it ends */
  readonly windup: { readonly out: Range; readonly up: Range };
  readonly apex: { readonly out: Range; readonly up: Range };
  /** radians, fingers outward */
  readonly turn: Range;
  readonly spread: Range;
  readonly shrug: Range;
  /** radius of the round that the stroke makes on its way */
  readonly loop?: Range;
}

/**
 * Kinds of co-speech strokes (McNeill 1992; Kendon 2004 for the open hand): beats, the open palm that offers, small
 * rounds, pointing inward, a raised hand, the shrug. Ranges are wide and overlap: within a kind no two are alike.
 */
export const REPERTOIRE = {
  beat: {
    share: 0.38,
    windup: { out: [-0.08, 0.05], up: [0.05, 0.13] },
    apex: { out: [-0.02, 0.11], up: [-0.1, 0.0] },
    turn: [-0.12, 0.15],
    spread: [-0.2, 0.3],
    shrug: [0, 0.12],
  },
  palm: {
    share: 0.24,
    windup: { out: [-0.12, -0.01], up: [-0.02, 0.1] },
    apex: { out: [0.06, 0.2], up: [-0.05, 0.1] },
    turn: [0.15, 0.5],
    spread: [0.3, 0.9],
    shrug: [0, 0.2],
  },
  round: {
    share: 0.14,
    windup: { out: [-0.06, 0.06], up: [0, 0.08] },
    apex: { out: [-0.05, 0.1], up: [-0.07, 0.07] },
    turn: [-0.2, 0.25],
    spread: [-0.2, 0.4],
    shrug: [0, 0.1],
    loop: [0.035, 0.075],
  },
  inward: {
    share: 0.12,
    windup: { out: [0.0, 0.12], up: [-0.05, 0.05] },
    apex: { out: [-0.15, -0.05], up: [0.02, 0.14] },
    turn: [-0.4, -0.1],
    spread: [-0.9, -0.3],
    shrug: [0, 0.1],
  },
  raise: {
    share: 0.07,
    windup: { out: [-0.05, 0.05], up: [-0.09, 0] },
    apex: { out: [-0.05, 0.09], up: [0.1, 0.22] },
    turn: [-0.1, 0.25],
    spread: [0, 0.6],
    shrug: [0.05, 0.25],
  },
  shrug: {
    share: 0.05,
    windup: { out: [-0.06, 0.02], up: [-0.04, 0.04] },
    apex: { out: [0.05, 0.16], up: [0.03, 0.13] },
    turn: [0.25, 0.55],
    spread: [0.3, 0.8],
    shrug: [0.55, 1],
  },
} as const satisfies Record<string, Kind>;
export type StrokeKind = keyof typeof REPERTOIRE;

/** One hand's stroke, drawn. */
export interface StrokeShape {
  readonly windup: Place;
  readonly apex: Place;
  readonly turn: number;
  readonly spread: number;
  readonly shrug: number;
  readonly loop?: { readonly size: Place; readonly turns: number; readonly phase: number };
  /** how preparation and stroke bow to the side, of their length */
  readonly bows: readonly [number, number];
  readonly skews: readonly [number, number];
}

export function drawKind(draws: Draws): StrokeKind {
  let left = draws.next();
  for (const [name, { share }] of Object.entries(REPERTOIRE) as [StrokeKind, Kind][])
    if ((left -= share) < 0) return name;
  return 'beat';
}

/** A stroke of a kind; every number of it varies. */
export function drawStroke(kind: StrokeKind, draws: Draws): StrokeShape {
  const { windup, apex, turn, spread, shrug, loop }: Kind = REPERTOIRE[kind];
  const from = (range: Range): number => draws.between(...range);
  return {
    windup: { out: from(windup.out), up: from(windup.up) },
    apex: { out: from(apex.out), up: from(apex.up) },
    turn: from(turn),
    spread: from(spread),
    shrug: from(shrug),
    ...(loop && {
      loop: {
        size: { out: from(loop), up: from(loop) },
        turns: draws.next() < 0.5 ? -1 : 1,
        phase: draws.between(0, 2 * Math.PI),
      },
    }),
    bows: [draws.around(0.7), draws.around(0.7)],
    skews: [draws.between(0.8, 1.25), draws.between(0.8, 1.25)],
  };
}

/** The other hand's: what it does in common with the first, and a little else. */
export function besides(shape: StrokeShape, draws: Draws): StrokeShape {
  const near = ({ out, up }: Place): Place => ({ out: out + draws.around(0.07), up: up + draws.around(0.07) });
  const less = draws.between(0.6, 1.1);
  const scaled = ({ out, up }: Place): Place => ({ out: out * less, up: up * less });
  return {
    ...shape,
    windup: near(scaled(shape.windup)),
    apex: near(scaled(shape.apex)),
    turn: shape.turn * less + draws.around(0.1),
    bows: [shape.bows[0] + draws.around(0.6), shape.bows[1] + draws.around(0.6)],
    skews: [draws.between(0.8, 1.25), draws.between(0.8, 1.25)],
    ...(shape.loop && { loop: { ...shape.loop, size: scaled(shape.loop.size) } }),
  };
}
