import type { Point } from '@soliloquy/face';
import { smoothstep } from '@soliloquy/signal';
import type { Arm } from './arms.ts';

/** Where a piece of an arm is expected to be, pixels. */
export interface LimbShape {
  /** pixels from the expected edge, positive inside */
  readonly depth: (x: number, y: number) => number;
  /** beyond this many pixels outside the expected edge nothing is the limb's; within as many inside it all is */
  readonly slack: number;
  /** as deep as this it surely is the limb, whatever its color */
  readonly core: number;
  /** its bones' ends, and how far from them anything of it can be, pixels */
  readonly around: { readonly places: readonly Point[]; readonly margin: number };
  /** 0 … 1: how much of what is here has passed from the piece before it, or the trunk, to this one */
  readonly share: (x: number, y: number) => number;
}

/** Half widths of a limb along its bone, pixels; left and right as seen from its start. */
export interface LimbProfile {
  readonly left: Float32Array;
  readonly right: Float32Array;
}

/** A bone's own coordinates: pixels along it from its start, and to its right (clockwise in the picture). */
export function alongBone(from: Point, to: Point): { readonly length: number; at(x: number, y: number): Point } {
  const length = Math.max(1e-3, Math.hypot(to.x - from.x, to.y - from.y));
  const [ax, ay] = [(to.x - from.x) / length, (to.y - from.y) / length];
  return {
    length,
    at: (x, y) => ({
      x: (x - from.x) * ax + (y - from.y) * ay,
      y: -(x - from.x) * ay + (y - from.y) * ax,
    }),
  };
}

/**
 * A tapered capsule about a bone: round ends, and widths that may differ on its two sides.
 *
 * @param joint pixels over which it takes over from what is before it, from its first joint on
 */
export function capsuleShape(from: Point, to: Point, profile: LimbProfile, joint: number): LimbShape {
  const bone = alongBone(from, to);
  const last = profile.left.length - 1;
  const widthAt = (t: number, side: number): number => {
    const place = (Math.min(bone.length, Math.max(0, t)) / bone.length) * last;
    const i = Math.min(last - 1, Math.floor(place));
    const values = side < 0 ? profile.left : profile.right;
    return values[i] + (place - i) * (values[i + 1] - values[i]);
  };
  const widest = Math.max(...profile.left, ...profile.right);
  return {
    slack: 0.45 * widest,
    core: 0.25 * widest,
    around: { places: [from, to], margin: 1.45 * widest },
    depth(x, y) {
      const p = bone.at(x, y);
      const beyond = p.x < 0 ? -p.x : Math.max(0, p.x - bone.length);
      return widthAt(p.x, p.y) - Math.hypot(beyond, p.y);
    },
    share: (x, y) => smoothstep(-0.35 * joint, joint, bone.at(x, y).x),
  };
}

/**
 * A hand: its palm and fingers, each a rounded bone; what is between the fingers is left to the colors.
 *
 * @param joint pixels over which it takes over from the forearm; 0 where no forearm is seen, then the wrist is the
 *   hand's too
 */
export function handShape(arm: Arm, joint: number): LimbShape {
  const { wrist, palm, fingertip, fingers } = arm;
  const reach = Math.hypot(palm.x - wrist.x, palm.y - wrist.y);
  const size = Math.max(reach, 0.55 * Math.hypot(fingertip.x - wrist.x, fingertip.y - wrist.y), spanOf(arm));
  const bones: readonly HandBone[] = fingers.length > 0 ? bonesOfHand(arm, 0.17 * size) : mittenOf(arm, size);
  const toFingers = alongBone(wrist, palm);
  return {
    slack: 0.3 * size,
    core: fingers.length > 0 ? 0 : 0.12 * size,
    around: { places: bones.flatMap(({ from, to }) => [from, to]), margin: 0.75 * size },
    depth(x, y) {
      let deepest = -Infinity;
      for (const { from, to, radius } of bones) deepest = Math.max(deepest, radius - toSegment(x, y, from, to));
      return deepest;
    },
    share: joint > 0 ? (x, y) => smoothstep(-0.6 * joint, 0.6 * joint, toFingers.at(x, y).x) : () => 1,
  };
}

/** Half the width over the knuckles counts too: a hand seen along its fingers is short. */
function spanOf({ fingers }: Arm): number {
  if (fingers.length === 0) return 0;
  const [index, little] = [fingers[1].joints[0], fingers[4].joints[0]];
  return Math.hypot(index.x - little.x, index.y - little.y);
}

interface HandBone {
  readonly from: Point;
  readonly to: Point;
  readonly radius: number;
}

/** A hand of which the joints are not known: palm, and fingers together. */
function mittenOf({ wrist, palm, fingertip }: Arm, size: number): HandBone[] {
  return [
    { from: wrist, to: palm, radius: 0.38 * size },
    { from: palm, to: fingertip, radius: 0.3 * size },
  ];
}

function bonesOfHand({ wrist, fingers }: Arm, radius: number): HandBone[] {
  const knuckles = fingers.slice(1).map(({ joints }) => joints[0]);
  const bones: (readonly [Point, Point])[] = [
    ...fingers.map(({ joints }) => [wrist, joints[0]] as const),
    ...knuckles.slice(1).map((knuckle, i) => [knuckles[i], knuckle] as const),
    [fingers[0].joints[0], knuckles[0]],
    ...fingers.flatMap(({ joints }) => joints.slice(1).map((joint, i) => [joints[i], joint] as const)),
  ];
  return bones.map(([from, to]) => ({ from, to, radius }));
}

/** Distance of a place to a segment, pixels. */
function toSegment(x: number, y: number, a: Point, b: Point): number {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const t = Math.max(0, Math.min(1, ((x - a.x) * dx + (y - a.y) * dy) / Math.max(1e-9, dx * dx + dy * dy)));
  return Math.hypot(x - a.x - t * dx, y - a.y - t * dy);
}
