import type { Arm } from '@soliloquy/body-layers';
import type { Point } from '@soliloquy/face';
import { smoothstep } from '@soliloquy/signal';

/** Radians by which each finger, from the thumb on, turns about its knuckle when the hand is spread by 1. */
const SPREAD = [-0.13, -0.08, -0.015, 0.05, 0.11] as const;

/** A finger, and how much of the hand's mesh is its. */
export interface FingerSkin {
  readonly knuckle: Point;
  /** radians, clockwise in the picture, when spread by 1 */
  readonly turn: number;
  /** f32 [nodes] 0 … 1 */
  readonly weights: Float32Array;
}

/**
 * Fingers that a spread moves; none where the hand's joints are not known.
 *
 * @param nodes places of the mesh, film pixels
 */
export function fingerSkins({ wrist, fingers }: Arm, nodes: readonly Point[]): FingerSkin[] {
  if (fingers.length === 0) return [];
  const [index, little] = [fingers[1].joints[0], fingers[4].joints[0]];
  // From the index to the little finger clockwise about the wrist, or the other way round: which side is seen.
  const sense = Math.sign((index.x - wrist.x) * (little.y - wrist.y) - (index.y - wrist.y) * (little.x - wrist.x));
  const near = nodes.map((node) => fingers.map(({ joints }) => distanceTo(joints, node)));
  return fingers.map(({ joints }, f) => {
    const [knuckle, tip] = [joints[0], joints[joints.length - 1]];
    const length = Math.max(1, Math.hypot(tip.x - knuckle.x, tip.y - knuckle.y));
    const weights = Float32Array.from(nodes, (node, i) => {
      const along = ((node.x - knuckle.x) * (tip.x - knuckle.x) + (node.y - knuckle.y) * (tip.y - knuckle.y)) / length;
      const total = near[i].reduce((sum, distance) => sum + 1 / (1 + distance ** 2), 0);
      return (smoothstep(-0.1 * length, 0.4 * length, along) * (1 / (1 + near[i][f] ** 2))) / total;
    });
    return { knuckle, turn: sense * SPREAD[f], weights };
  });
}

/** Distance of a place to the bones of a finger, pixels. */
function distanceTo(joints: readonly Point[], { x, y }: Point): number {
  let nearest = Infinity;
  for (let i = 1; i < joints.length; i++) {
    const [a, b] = [joints[i - 1], joints[i]];
    const [dx, dy] = [b.x - a.x, b.y - a.y];
    const t = Math.max(0, Math.min(1, ((x - a.x) * dx + (y - a.y) * dy) / Math.max(1e-9, dx * dx + dy * dy)));
    nearest = Math.min(nearest, Math.hypot(x - a.x - t * dx, y - a.y - t * dy));
  }
  return nearest;
}
