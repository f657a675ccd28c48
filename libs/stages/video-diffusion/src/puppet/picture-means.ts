import { SIDES, type BodyLayers, type Side } from '@soliloquy/body-layers';
import type { Landmarks } from '@soliloquy/ports';
import type { ArmMeans, BodyMeans } from './body-means.ts';
import { armRigs } from './limbs/arm-pose.ts';
import { solveArm, type ArmRig } from './limbs/arm-rig.ts';

/** sw: how far a hand is ever to go. */
const FARTHEST: ArmMeans['reach'] = { inward: 0.45, outward: 0.4, up: 0.6, down: 0.25 };
/** Steps in which reach is looked for, and how far a wrist may miss, sw. */
const STEP = 0.02;
const MISS = 0.002;
/** Share of a hand's joints that must be seen for it to be free. */
const SEEN = 0.7;
/** Hands of which joints are nearer than this hold each other, sw. */
const CLASPED = 0.1;
/** A shoulder that is less sure is not shown. */
const KNOWN = 0.35;
/** Fingers end this far beyond their last joint, sw. */
const FINGERTIP = 0.05;

/**
 * What a picture's arms can do: free where the layers have an arm whose hand is seen, and as far as its bones, the
 * frame and the face allow.
 *
 * @param landmarks of that picture
 * @param taken     what `bodyLayers` made of it
 */
export function bodyMeans(landmarks: Landmarks, taken: BodyLayers): BodyMeans {
  const rigs = armRigs(taken);
  const hands = Object.fromEntries(SIDES.map((side) => [side, handOf(side, landmarks, taken)]));
  const chin = (landmarks.points.chin.y * taken.height) / landmarks.height;
  const means: Partial<Record<Side, ArmMeans>> = {};
  for (const side of SIDES) {
    const shoulder = landmarks.points[`${side}Shoulder`];
    const rig = rigs[side];
    if (rig && shownShare(hands[side], taken) >= SEEN)
      means[side] = { freedom: 'free', rest: restOf(rig, taken), reach: reachOf(rig, hands[side], { ...taken, chin }) };
    else if (shoulder && shoulder.confidence >= KNOWN)
      means[side] = { freedom: 'shoulder', rest: { out: 0.5, down: 1 }, reach: NOWHERE };
  }
  return { ...means, clasped: apart(hands.left, hands.right) < CLASPED * taken.shoulderWidth };
}

const NOWHERE: ArmMeans['reach'] = { inward: 0, outward: 0, up: 0, down: 0 };

type Place = { readonly x: number; readonly y: number };

/** Wrist, palm and fingers, pixels of the layers; none where no hand is seen. */
function handOf(side: Side, { hands, width, height }: Landmarks, taken: BodyLayers): Place[] {
  const arm = taken.arms[side];
  if (!arm) return [];
  const dense = hands?.[side]?.points;
  if (!dense) return [arm.wrist, arm.palm, arm.fingertip];
  return dense.map(([x, y]) => ({ x: (x * taken.width) / width, y: (y * taken.height) / height }));
}

/** How many of a hand's joints lie on the person, within the frame. */
function shownShare(hand: readonly Place[], { layers, width, height }: BodyLayers): number {
  const seen = hand.filter(({ x, y }) => {
    if (x < 0 || y < 0 || x >= width || y >= height) return false;
    const at = Math.floor(y) * width + Math.floor(x);
    return layers.reduce((sum, { shown }) => sum + shown[at], 0) > 0.5;
  });
  return hand.length === 0 ? 0 : seen.length / hand.length;
}

function restOf({ wrist, outward, unit }: ArmRig, { middle }: BodyLayers): ArmMeans['rest'] {
  return { out: (outward * (wrist.x - middle.x)) / unit, down: (wrist.y - middle.y) / unit };
}

interface Around {
  readonly width: number;
  readonly height: number;
  /** no hand goes higher */
  readonly chin: number;
}

/** Each way as far as the bones go and the hand stays in the frame and below the chin; then all ways at once. */
function reachOf(rig: ArmRig, hand: readonly Place[], around: Around): ArmMeans['reach'] {
  const room = roomOf(rig, hand, around);
  const most = (way: keyof typeof FARTHEST, [out, up]: readonly [number, number]): number => {
    let far = 0;
    const limit = Math.min(FARTHEST[way], room[way]);
    while (far + STEP <= limit + 1e-9 && reaches(rig, (far + STEP) * out, (far + STEP) * up)) far += STEP;
    return far;
  };
  let reach = {
    inward: most('inward', [-1, 0]),
    outward: most('outward', [1, 0]),
    up: most('up', [0, 1]),
    down: most('down', [0, -1]),
  };
  const corners = (): boolean =>
    [-reach.inward, reach.outward].every((out) => [reach.up, -reach.down].every((up) => reaches(rig, out, up)));
  // The nearer a corner is, the more of each way is left.
  for (let round = 0; round < 20 && !corners(); round++)
    reach = Object.fromEntries(Object.entries(reach).map(([way, far]) => [way, 0.92 * far])) as typeof reach;
  return reach;
}

function reaches(rig: ArmRig, out: number, up: number): boolean {
  const { wrist } = solveArm(rig, { out, up, raised: 0 });
  const [x, y] = [rig.wrist.x + rig.outward * out * rig.unit, rig.wrist.y - up * rig.unit];
  return Math.hypot(wrist.x - x, wrist.y - y) <= MISS * rig.unit;
}

/** sw between the hand at rest and the frame or the chin, each way. */
function roomOf({ outward, unit }: ArmRig, hand: readonly Place[], { width, height, chin }: Around): ArmMeans['reach'] {
  const [xs, ys] = [hand.map(({ x }) => x), hand.map(({ y }) => y)];
  const sw = (pixels: number): number => Math.max(0, pixels / unit - FINGERTIP);
  const [left, right] = [sw(Math.min(...xs)), sw(width - Math.max(...xs))];
  return {
    inward: outward > 0 ? left : right,
    outward: outward > 0 ? right : left,
    up: sw(Math.min(...ys) - chin),
    down: sw(height - Math.max(...ys)),
  };
}

function apart(one: readonly Place[], other: readonly Place[]): number {
  let nearest = Infinity;
  for (const a of one) for (const b of other) nearest = Math.min(nearest, Math.hypot(a.x - b.x, a.y - b.y));
  return nearest;
}
