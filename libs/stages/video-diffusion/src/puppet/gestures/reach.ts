import type { ArmMeans, BodyMeans } from '../body-means.ts';
import type { Place } from './minimum-jerk.ts';
import { softLimit } from './soft-limit.ts';

export type Reach = ArmMeans['reach'];

/** What gestures are made for, sw: where the picture allows less, they are made smaller by as much. */
const USUAL: Reach = { inward: 0.14, outward: 0.2, up: 0.3, down: 0.08 };

/** Hands that gesture: each for itself, or two that hold each other as one. */
export interface GesturingHand {
  readonly side: 'left' | 'right';
  readonly reach: Reach;
  /** the other hand goes where this one goes */
  readonly leads: boolean;
}

/** The hands of a body that can gesture; none where only shoulders may move. */
export function gesturingHands({ left, right, clasped }: BodyMeans): GesturingHand[] {
  const free = (arm: ArmMeans | undefined): arm is ArmMeans => arm?.freedom === 'free';
  if (clasped) return free(left) && free(right) ? [{ side: 'right', reach: together(left, right), leads: true }] : [];
  return [
    ...(free(left) ? [{ side: 'left', reach: left.reach, leads: false } as const] : []),
    ...(free(right) ? [{ side: 'right', reach: right.reach, leads: false } as const] : []),
  ];
}

/** What both can reach, for the right hand: what is outward for it is inward for the left. */
function together({ reach: left }: ArmMeans, { reach: right }: ArmMeans): Reach {
  return {
    inward: Math.min(right.inward, left.outward),
    outward: Math.min(right.outward, left.inward),
    up: Math.min(right.up, left.up),
    down: Math.min(right.down, left.down),
  };
}

/** How far outward a hand had better gesture when it has more room to one side, sw. */
export function roomierSide({ inward, outward }: Reach): number {
  return softLimit(0.3 * (outward - inward), 0.12);
}

/** A planned place, made for `USUAL`, within a reach. */
export function fitted({ out, up }: Place, reach: Reach): Place {
  const part = (value: number, usual: number, most: number): number =>
    softLimit(value * Math.min(1, most / usual), 0.9 * most);
  return {
    out: out > 0 ? part(out, USUAL.outward, reach.outward) : part(out, USUAL.inward, reach.inward),
    up: up > 0 ? part(up, USUAL.up, reach.up) : part(up, USUAL.down, reach.down),
  };
}

/** A place that a movement passes, kept within a reach; what lies well within is left as it is. */
export function within({ out, up }: Place, reach: Reach): Place {
  return {
    out: softLimit(out, out > 0 ? reach.outward : reach.inward),
    up: softLimit(up, up > 0 ? reach.up : reach.down),
  };
}
