import { limbMesh, type Arm, type BodyLayer, type LimbMesh } from '@soliloquy/body-layers';
import type { PointArrays } from '../body-field.ts';
import type { ArmBones } from './arm-bones.ts';
import type { ArmPose, ArmRig } from './arm-rig.ts';
import { fingerSkins, type FingerSkin } from './fingers.ts';

/** One piece of an arm as the puppet moves it. */
export interface PuppetMesh extends LimbMesh {
  readonly fingers: readonly FingerSkin[];
}

/** @param layer a piece of this rig's arm, film pixels */
export function puppetMesh(layer: BodyLayer, arm: Arm, rig: ArmRig): PuppetMesh {
  const mesh = limbMesh(layer, arm, rig);
  return { ...mesh, fingers: layer.part === 'hand' ? fingerSkins(arm, mesh.nodes) : [] };
}

/**
 * Where the nodes go in a pose, film pixels.
 *
 * @param moved f32 [nodes] each, written
 */
export function poseMesh(mesh: PuppetMesh, bones: ArmBones, pose: ArmPose, moved: PointArrays): void {
  const { nodes, upperArm, forearm, hand, fingers } = mesh;
  const at = { x: 0, y: 0 };
  for (let i = 0; i < nodes.length; i++) {
    let { x, y } = nodes[i];
    for (const { knuckle, turn, weights } of fingers) {
      if (pose.spread === 0 || weights[i] === 0) continue;
      const angle = weights[i] * turn * pose.spread;
      const [dx, dy] = [nodes[i].x - knuckle.x, nodes[i].y - knuckle.y];
      x += dx * (Math.cos(angle) - 1) - dy * Math.sin(angle);
      y += dx * Math.sin(angle) + dy * (Math.cos(angle) - 1);
    }
    const stays = 1 - upperArm[i] - forearm[i] - hand[i];
    let [sumX, sumY] = [stays * x, stays * (y - pose.raised)];
    for (const [weight, map] of [
      [upperArm[i], bones.upperArm],
      [forearm[i], bones.forearm],
      [hand[i], bones.hand],
    ] as const) {
      if (weight === 0) continue;
      map(x, y, at);
      sumX += weight * at.x;
      sumY += weight * at.y;
    }
    moved.xs[i] = sumX;
    moved.ys[i] = sumY;
  }
}
