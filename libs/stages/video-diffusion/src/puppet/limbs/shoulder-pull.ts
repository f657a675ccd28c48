import { shoulderShare } from '@soliloquy/body-layers';
import type { PointArrays } from '../body-field.ts';
import { nodeOf, type FilmGrid } from '../film-grid.ts';
import type { PuppetMotion } from '../motion.ts';
import { armBones } from './arm-bones.ts';
import { poseOf } from './arm-pose.ts';
import { solveArm, type ArmPose, type ArmRig } from './arm-rig.ts';

/** What of the trunk an upper arm takes along: the cloth around the shoulder, which would else stand out behind it. */
export interface ShoulderPull {
  readonly rig: ArmRig;
  /** f32 [nodes] 0 … 1 */
  readonly weights: Float32Array;
}

export function shoulderPull(rig: ArmRig, grid: FilmGrid): ShoulderPull {
  const shareAt = shoulderShare(rig, rig.unit);
  const weights = Float32Array.from({ length: grid.nodes }, (_, i) => {
    const { x, y } = nodeOf(grid, i);
    return shareAt(x, y);
  });
  return { rig, weights };
}

/** Adds what the arm takes along in a pose to where the nodes go, film pixels. */
export function addPull({ rig, weights }: ShoulderPull, grid: FilmGrid, pose: ArmPose, moved: PointArrays): void {
  const { upperArm } = armBones(rig, { ...pose, raised: 0 });
  const at = { x: 0, y: 0 };
  for (let i = 0; i < grid.nodes; i++) {
    if (weights[i] === 0) continue;
    const { x, y } = nodeOf(grid, i);
    upperArm(x, y, at);
    moved.xs[i] += weights[i] * (at.x - x);
    moved.ys[i] += weights[i] * (at.y - y);
  }
}

/** The farthest that an arm takes anything along in a motion, film pixels; an upper bound. */
export function farthestPull({ rig }: ShoulderPull, motion: PuppetMotion): number {
  let most = 0;
  for (let frame = 0; frame < motion.frames; frame++) {
    const { elbow } = solveArm(rig, { ...poseOf(rig, motion, frame), raised: 0 });
    most = Math.max(most, Math.abs(elbow.x - rig.elbow.x) + Math.abs(elbow.y - rig.elbow.y));
  }
  return 1.3 * most;
}
