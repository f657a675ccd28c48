import type { Arm, BodyLayer } from '@soliloquy/body-layers';
import type { Point } from '@soliloquy/face';
import { smoothstep } from '@soliloquy/signal';
import { bulge, PERSON_DISTANCE } from './surface-depth.ts';

/** From elbow to wrist, distances of the shoulders (Drillis and Contini 1966: 0.146 over 0.2 of a body's height). */
const FOREARM = 0.7;
/** The most that a wrist is taken to be before its elbow, distances of the shoulders. */
const FOREMOST = 0.3;
/** World units that a limb is before what it hides. */
const CLEAR = 0.03;
/** Share of the upper arm that is shoulder: over it the arm leaves the surface of the trunk. */
export const SHOULDER = 0.3;

/** Limbs of one picture. */
export interface LimbScene {
  readonly width: number;
  readonly height: number;
  /** pixels between the joints of the shoulders */
  readonly shoulderWidth: number;
  /** f32 [H, W] world, of the trunk, and u8 [H, W, 4] what the trunk covers, also behind limbs */
  readonly trunk: { readonly depth: Float32Array; readonly rgba: Uint8ClampedArray };
}

/** How far along its arm a pixel lies: 0 the shoulder, 1 the elbow, 2 the wrist and beyond. */
export function alongArm({ shoulder, elbow, wrist }: Arm, part: BodyLayer['part'], x: number, y: number): number {
  if (part === 'hand') return 2;
  return part === 'upperArm' ? alongBone(shoulder, elbow, x, y) : 1 + alongBone(elbow, wrist, x, y);
}

/**
 * Depth of an arm's layers. A forearm that is short in the picture points at the camera; all that hides the trunk is
 * before it; each layer is round by itself. At the shoulder the arm is part of the trunk's surface.
 *
 * @param layers of this arm, each with f32 [H, W] pixels to the edge of what it shows
 * @returns      f32 [H, W] world, along the camera's axis, for each layer
 */
export function limbDepths(
  { width, height, shoulderWidth, trunk }: LimbScene,
  arm: Arm,
  layers: readonly { readonly part: BodyLayer['part']; readonly inside: Float32Array }[],
): Float32Array[] {
  const pixel = 2 / height;
  const seen = Math.hypot(arm.wrist.x - arm.elbow.x, arm.wrist.y - arm.elbow.y);
  const hidden = Math.sqrt(Math.max(0, (FOREARM * shoulderWidth) ** 2 - seen ** 2));
  const foremost = Math.min(hidden, FOREMOST * shoulderWidth) * pixel;
  const along = layers.map(({ part }) =>
    Float32Array.from({ length: width * height }, (_, i) =>
      alongArm(arm, part, (i % width) + 0.5, Math.floor(i / width) + 0.5),
    ),
  );
  const free = layers.map(({ inside }, k) =>
    Float32Array.from(inside, (edge, i) => {
      if (edge === 0) return PERSON_DISTANCE;
      return PERSON_DISTANCE - bulge(edge, height) - foremost * Math.max(0, along[k][i] - 1);
    }),
  );
  const clear = clearance(layers, along, free, trunk);
  return layers.map(({ inside }, k) =>
    Float32Array.from(free[k], (depth, i) => {
      if (inside[i] === 0) return PERSON_DISTANCE;
      const u = along[k][i];
      const before = u < 1 ? clear.upper : clear.upper + (clear.lower - clear.upper) * smoothstep(1, 1.4, u);
      const own = smoothstep(0, SHOULDER, u);
      return own * (depth - before) + (1 - own) * trunk.depth[i];
    }),
  );
}

/** World units by which upper arm and forearm have to come nearer, so that they are before the trunk. */
function clearance(
  layers: readonly { readonly inside: Float32Array }[],
  along: readonly Float32Array[],
  free: readonly Float32Array[],
  trunk: LimbScene['trunk'],
): { upper: number; lower: number } {
  const most = { upper: 0, lower: 0 };
  layers.forEach(({ inside }, k) => {
    for (let i = 0; i < inside.length; i++) {
      if (inside[i] === 0 || trunk.rgba[4 * i + 3] < 128 || along[k][i] < SHOULDER) continue;
      const which = along[k][i] < 1 ? 'upper' : 'lower';
      most[which] = Math.max(most[which], free[k][i] - trunk.depth[i] + CLEAR);
    }
  });
  return { upper: most.upper, lower: Math.max(most.upper, most.lower) };
}

/** 0 … 1 along a bone. */
function alongBone(from: Point, to: Point, x: number, y: number): number {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  return Math.min(1, Math.max(0, ((x - from.x) * dx + (y - from.y) * dy) / Math.max(1, dx * dx + dy * dy)));
}
