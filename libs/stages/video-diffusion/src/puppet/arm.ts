import type { FilmFace, Point } from '@soliloquy/face';
import { smoothstep } from '@soliloquy/signal';
import { nodeOf, type FilmGrid } from './film-grid.ts';

/**
 * How far an arm's hand travels when it is to be raised by the distance of the shoulders, in units of the face. That
 * distance is about five of them; a smooth field that went all the way would fold.
 */
const HAND_TRAVEL = 1;

/** A forearm with its hand, and how much of each node's motion is theirs. */
export interface Arm {
  readonly channel: 'leftHandUp' | 'rightHandUp';
  readonly pivot: Point;
  readonly wrist: Point;
  /**
   * f64 [2] what raises the hand by 1 sw: radians about the pivot, and about the wrist, added for the hand. Not two
   * numbers of this object: with those, one film of some hundred came out with the right arm's angle on the left arm
   * too, though nothing here writes it; objects of one literal had shared the box that V8 keeps a fractional field in.
   */
  readonly turns: Float64Array;
  /** f32 [nodes] 0 … 1 */
  readonly weights: Float32Array;
  readonly handWeights: Float32Array;
}

/** Where a forearm lies, film pixels. */
interface Forearm {
  readonly elbow: Point;
  readonly wrist: Point;
  /** middle between wrist and fingertip */
  readonly hand: Point;
  /** from the elbow to the fingertip */
  readonly along: Point;
  /** of `along` */
  readonly length: number;
}

/**
 * One arm, if the picture shows it surely enough.
 *
 * @param covered whether the person covers a film pixel: an arm that is guessed to be where nobody is does not move
 */
export function armOf(
  side: 'left' | 'right',
  face: FilmFace,
  grid: FilmGrid,
  covered: (x: number, y: number) => boolean,
): Arm | undefined {
  const forearm = forearmOf(side, face);
  if (!forearm) return undefined;
  const { wrist, hand, along, length } = forearm;
  if (!covered(wrist.x, wrist.y) && !covered(hand.x, hand.y)) return undefined;
  const outward = side === 'left' ? 1 : -1;
  // A forearm that points at the viewer has its elbow behind the hand: it turns about a point as far away as the elbow
  // really is.
  const radius = Math.max(length, 1.5 * face.unit);
  const pivot = { x: hand.x - (along.x / length) * radius, y: hand.y - (along.y / length) * radius };
  // The hand goes up, or outward where the arm hangs.
  const clockwise = { x: -along.y / length, y: along.x / length };
  const sign = -clockwise.y + 0.4 * outward * clockwise.x >= 0 ? 1 : -1;
  const freedom = freedomOf(forearm, face.unit, covered);
  return {
    channel: `${side}HandUp`,
    pivot,
    wrist,
    turns: Float64Array.of((sign * freedom * HAND_TRAVEL * face.unit) / radius, sign * freedom * 0.18),
    ...weightsOf(forearm, face.unit, grid),
  };
}

function forearmOf(side: 'left' | 'right', face: FilmFace): Forearm | undefined {
  const [elbow, wrist] = [face.film(`${side}Elbow`), face.film(`${side}Wrist`)];
  if (!elbow || !wrist || Math.min(elbow.confidence, wrist.confidence) < 0.25) return undefined;
  const tip = face.film(`${side}Fingertip`) ??
    face.film(`${side}Hand`) ?? { x: wrist.x + 0.4 * (wrist.x - elbow.x), y: wrist.y + 0.4 * (wrist.y - elbow.y) };
  const hand = { x: (wrist.x + tip.x) / 2, y: (wrist.y + tip.y) / 2 };
  const along = { x: tip.x - elbow.x, y: tip.y - elbow.y };
  return { elbow, wrist, hand, along, length: Math.max(1, Math.hypot(along.x, along.y)) };
}

/**
 * 0.25 … 1. Where hand and body are side by side, the body would be dragged along: the more of it is near, the less the
 * arm moves.
 */
function freedomOf({ hand, along, length }: Forearm, unit: number, covered: (x: number, y: number) => boolean): number {
  let [near, crowded] = [0, 0];
  for (let i = 0; i < 96; i++) {
    const [angle, distance] = [(2 * Math.PI * (i % 24)) / 24, (0.75 + 0.2 * Math.floor(i / 24)) * unit];
    const [x, y] = [hand.x + distance * Math.cos(angle), hand.y + distance * Math.sin(angle)];
    if ((x - hand.x) * along.x + (y - hand.y) * along.y < -0.5 * length * distance) continue;
    near++;
    if (covered(x, y)) crowded++;
  }
  return 1 - 0.75 * smoothstep(0.1, 0.5, crowded / Math.max(1, near));
}

/** Falloffs around the forearm and around the hand. */
function weightsOf(
  { elbow, hand, along, length }: Forearm,
  unit: number,
  grid: FilmGrid,
): Pick<Arm, 'weights' | 'handWeights'> {
  const weights = new Float32Array(grid.nodes);
  const handWeights = new Float32Array(grid.nodes);
  for (let i = 0; i < grid.nodes; i++) {
    const { x, y } = nodeOf(grid, i);
    const t = ((x - elbow.x) * along.x + (y - elbow.y) * along.y) / length;
    const on = Math.min(length, Math.max(0, t));
    const distance = Math.hypot(x - elbow.x - (along.x / length) * on, y - elbow.y - (along.y / length) * on) / unit;
    const lateral = 1 - smoothstep(0.45, 1.4, distance);
    weights[i] = lateral * smoothstep(-0.1 * length, 0.75 * length, t);
    handWeights[i] = 1 - smoothstep(0.4, 1.25, Math.hypot(x - hand.x, y - hand.y) / unit);
  }
  return { weights, handWeights };
}
