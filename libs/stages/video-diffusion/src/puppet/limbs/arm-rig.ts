import type { Arm, BodyScale, Side } from '@soliloquy/body-layers';
import type { Point } from '@soliloquy/face';
import { smoothstep } from '@soliloquy/signal';

/** An arm at rest, and how it bends; film pixels. */
export interface ArmRig {
  readonly side: Side;
  readonly shoulder: Point;
  readonly elbow: Point;
  readonly wrist: Point;
  /** 1 where away from the body's middle is to the right of the picture, −1 where it is to the left */
  readonly outward: 1 | -1;
  /** sense in which the hand turns, clockwise in the picture, when its fingers go outward */
  readonly clockwise: 1 | -1;
  /** pixels between the joints of the shoulders */
  readonly unit: number;
  /** whether the picture shows the forearm: one that points at the camera only follows */
  readonly bends: boolean;
  /** how much of the wrist's way the elbow goes */
  readonly follow: number;
  /** 0 … 1 how much a forearm turns as the line from elbow to wrist does: one that points at the camera does not */
  readonly turns: number;
}

/** What an arm is asked for: the channels of its side. */
export interface ArmPose {
  /** widths of the shoulders */
  readonly out: number;
  readonly up: number;
  /** radians, fingers outward */
  readonly turn: number;
  /** −1 … 1 */
  readonly spread: number;
  /** film pixels by which the shoulder is raised */
  readonly raised: number;
}

/** Where the joints of an arm are, film pixels. */
export interface ArmJoints {
  readonly shoulder: Point;
  readonly elbow: Point;
  readonly wrist: Point;
}

/** Lengths in the picture over those at rest: an arm that turns out of the plane gets shorter, or longer again. */
const UPPER_ARM = { least: 0.62, most: 1.15 } as const;
const FOREARM = { least: 0.6, most: 1.3 } as const;
/** How far a hand leaves an elbow that it hides, widths of the shoulders. */
const STUB = 0.06;
/** Shares of the wrist's way that the elbow goes: of a forearm in the plane, and of one that points at the camera. */
const FOLLOW = { plane: 0.27, camera: 0.95 } as const;
/** Rounds in which both lengths are brought within their bounds. */
const ROUNDS = 6;

export function armRig(arm: Arm, { shoulderWidth, middle }: BodyScale, bends: boolean): ArmRig {
  const { side, shoulder, elbow, wrist, fingertip } = arm;
  const length = distance(elbow, wrist) / shoulderWidth;
  const inPlane = bends ? smoothstep(0.15, 0.6, length) : 0;
  const away = shoulder.x - middle.x;
  const outward = away > 0 || (away === 0 && side === 'left') ? 1 : -1;
  const raised = fingertip.y - wrist.y < -0.3 * distance(fingertip, wrist);
  return {
    side,
    shoulder,
    elbow,
    wrist,
    outward,
    clockwise: raised === outward > 0 ? 1 : -1,
    unit: shoulderWidth,
    bends,
    follow: FOLLOW.camera + inPlane * (FOLLOW.plane - FOLLOW.camera),
    turns: inPlane,
  };
}

/**
 * Two bones in the picture: the wrist goes where it is asked to, the elbow some of its way, and lengths along the bones
 * change as far as turning out of the plane explains. What no length explains the wrist does not reach.
 */
export function solveArm(rig: ArmRig, { out, up, raised }: Pick<ArmPose, 'out' | 'up' | 'raised'>): ArmJoints {
  const { unit, outward, follow } = rig;
  const shoulder = { x: rig.shoulder.x, y: rig.shoulder.y - raised };
  const way = { x: outward * out * unit, y: -up * unit };
  const asked = { x: rig.wrist.x + way.x, y: rig.wrist.y + way.y };
  let elbow = { x: rig.elbow.x + follow * way.x, y: rig.elbow.y + follow * way.y - 0.5 * raised };
  const upper = distance(rig.shoulder, rig.elbow);
  for (let round = 0; round < ROUNDS; round++) {
    elbow = nearWrist(rig, elbow, asked);
    elbow = within(shoulder, elbow, [UPPER_ARM.least * upper, UPPER_ARM.most * upper]);
  }
  return { shoulder, elbow, wrist: reached(rig, elbow, asked) };
}

/** The elbow, brought to where the forearm's length is possible. */
function nearWrist(rig: ArmRig, elbow: Point, wrist: Point): Point {
  if (!rig.bends) {
    const rest = { x: wrist.x - rig.wrist.x + rig.elbow.x, y: wrist.y - rig.wrist.y + rig.elbow.y };
    return within(rest, elbow, [0, STUB * rig.unit]);
  }
  const length = distance(rig.elbow, rig.wrist);
  return within(wrist, elbow, [FOREARM.least * length, FOREARM.most * length]);
}

/** The wrist as near to where it is asked to be as the forearm allows. */
function reached(rig: ArmRig, elbow: Point, wrist: Point): Point {
  if (!rig.bends) {
    const rest = { x: elbow.x + rig.wrist.x - rig.elbow.x, y: elbow.y + rig.wrist.y - rig.elbow.y };
    return within(rest, wrist, [0, STUB * rig.unit]);
  }
  const length = distance(rig.elbow, rig.wrist);
  return within(elbow, wrist, [FOREARM.least * length, FOREARM.most * length]);
}

/** A place moved to or from another one until its distance is within bounds. */
function within(from: Point, to: Point, [least, most]: readonly [number, number]): Point {
  const far = distance(from, to);
  if (far >= least && far <= most) return to;
  const scale = Math.min(most, Math.max(least, far)) / Math.max(1e-6, far);
  return { x: from.x + scale * (to.x - from.x), y: from.y + scale * (to.y - from.y) };
}

export function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
