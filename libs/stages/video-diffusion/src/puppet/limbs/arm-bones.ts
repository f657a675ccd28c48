import type { Point } from '@soliloquy/face';
import { solveArm, type ArmPose, type ArmRig } from './arm-rig.ts';

/** Writes into `out` where a place of the picture at rest goes with a bone; film pixels. */
export type BoneMap = (x: number, y: number, out: { x: number; y: number }) => void;

/** A hand that hides its forearm turns by less: it would part from the sleeve that it comes out of. */
const STUB_TURN = 0.4;

/** Where the bones of an arm carry what is on them, in one pose. */
export interface ArmBones {
  readonly upperArm: BoneMap;
  readonly forearm: BoneMap;
  readonly hand: BoneMap;
}

export function armBones(rig: ArmRig, pose: ArmPose): ArmBones {
  const { shoulder, elbow, wrist } = solveArm(rig, pose);
  const upperArm = boneMap([rig.shoulder, rig.elbow], [shoulder, elbow], 1);
  const forearm = boneMap([rig.elbow, rig.wrist], [elbow, wrist], rig.turns);
  const turned = rig.bends
    ? rig.turns * turnOf([rig.elbow, rig.wrist], [elbow, wrist])
    : turnOf([rig.shoulder, rig.elbow], [shoulder, elbow]);
  const turn = (rig.bends ? 1 : STUB_TURN) * rig.clockwise * pose.turn;
  return { upperArm, forearm, hand: rigidMap(rig.wrist, wrist, turned + turn) };
}

type Bone = readonly [from: Point, to: Point];

/**
 * Carries both ends of a bone to their new places; what is beside it keeps its distance from the bone.
 *
 * @param turns 1 where it turns with the bone, 0 where each place moves as the nearest of the bone's does, unturned
 */
function boneMap([from, to]: Bone, [newFrom, newTo]: Bone, turns: number): BoneMap {
  const length = Math.max(1e-3, Math.hypot(to.x - from.x, to.y - from.y));
  const [ax, ay] = [(to.x - from.x) / length, (to.y - from.y) / length];
  const newLength = Math.max(1e-3, Math.hypot(newTo.x - newFrom.x, newTo.y - newFrom.y));
  const [bx, by] = [(newTo.x - newFrom.x) / newLength, (newTo.y - newFrom.y) / newLength];
  const stretch = newLength / length;
  const [fromX, fromY] = [newFrom.x - from.x, newFrom.y - from.y];
  const [slopeX, slopeY] = [(newTo.x - to.x - fromX) / length, (newTo.y - to.y - fromY) / length];
  return (x, y, out) => {
    const along = (x - from.x) * ax + (y - from.y) * ay;
    const across = (y - from.y) * ax - (x - from.x) * ay;
    const t = Math.min(length, Math.max(0, along));
    const turnedX = newFrom.x + stretch * along * bx - across * by;
    const turnedY = newFrom.y + stretch * along * by + across * bx;
    out.x = turns * turnedX + (1 - turns) * (x + fromX + t * slopeX);
    out.y = turns * turnedY + (1 - turns) * (y + fromY + t * slopeY);
  };
}

function rigidMap(from: Point, to: Point, angle: number): BoneMap {
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  return (x, y, out) => {
    out.x = to.x + (x - from.x) * cos - (y - from.y) * sin;
    out.y = to.y + (x - from.x) * sin + (y - from.y) * cos;
  };
}

/** Radians that a bone turns clockwise in the picture, −π … π. */
function turnOf([from, to]: Bone, [newFrom, newTo]: Bone): number {
  const [ax, ay, bx, by] = [to.x - from.x, to.y - from.y, newTo.x - newFrom.x, newTo.y - newFrom.y];
  return Math.atan2(ax * by - ay * bx, ax * bx + ay * by);
}
