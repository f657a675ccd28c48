import { limbShares, type BodyLayer, type Side } from '@soliloquy/body-layers';
import { faceLook } from './face-look.ts';
import { faceReadouts } from './face-readouts.ts';
import { carriedByBones } from './limb-flow.ts';
import { mouthFlow } from './mouth-flow.ts';
import { carryNodes } from './point-flow.ts';
import { trunkFlow } from './trunk-flow.ts';
import { checkPose, type WarpPose, type WarpScene } from './warp-decoder.ts';

/** A place of a person, and what it is of. */
export interface PersonPlace {
  /** film pixels */
  readonly x: number;
  readonly y: number;
  /** `trunk` is all that is neither below the lips' seam nor an arm */
  readonly of: 'trunk' | 'belowLips' | { readonly side: Side; readonly part: Exclude<BodyLayer['part'], 'trunk'> };
}

/** Carries places of a person by canonical points. */
export interface PlaceFlow {
  /**
   * @param shifts  f32 [places, 2] written: how far each goes from its rest, film pixels
   * @param opening factor on how far lower lip and jaw go beyond the head
   * @returns      how far each lid is shut: 0 open … 1 shut
   * @throws Fault `latent-flow.argument` for a pose of other sizes, or with numbers that are none
   */
  carry(pose: WarpPose, shifts: Float32Array, opening?: number): { readonly left: number; readonly right: number };
}

/**
 * Where canonical points carry places of a person: forward, what `createWarpDecoder` does backward, for what has no
 * picture of its own, such as Gaussians. Lids are told of and not carried: how they shut is known to whom they belong.
 */
export async function placeFlow(
  scene: Omit<WarpScene, 'background'>,
  places: readonly PersonPlace[],
): Promise<PlaceFlow> {
  const { landmarks, points, taken } = scene;
  const readouts = await faceReadouts(scene);
  const look = faceLook(readouts, scene);
  const trunk = trunkFlow({ landmarks, points, taken });
  const mouth = mouthFlow(readouts.face, readouts.inside.line, { points, trunk });
  const all = Float32Array.from(places.flatMap(({ x, y }) => [x, y]));
  const onTrunk = trunk.placed(all);
  const below = [...places.keys()].filter((i) => places[i].of === 'belowLips');
  const onJaw = mouth.placed(Float32Array.from(below.flatMap((i) => [places[i].x, places[i].y])));
  const more = new Float32Array(2 * below.length);
  const limbs = places.flatMap(({ x, y, of }, i) => {
    const arm = typeof of === 'object' ? taken.arms[of.side] : undefined;
    if (typeof of !== 'object' || !arm) return [];
    const bends = taken.layers.some(({ side, part }) => side === of.side && part === 'forearm');
    return [{ i, side: of.side, shares: limbShares(of.part, { x, y }, { ...arm, unit: taken.shoulderWidth, bends }) }];
  });
  return {
    carry(asked, shifts, opening = 1) {
      checkPose(asked, points.count);
      const pose = trunk.pose(asked.tracks);
      trunk.carry(onTrunk, pose, shifts);
      carryNodes(onJaw, mouth.beyond(pose, asked.tracks), more);
      below.forEach((i, k) => {
        shifts[2 * i] += opening * more[2 * k];
        shifts[2 * i + 1] += opening * more[2 * k + 1];
      });
      for (const { i, side, shares } of limbs) {
        const { x, y } = places[i];
        const moved = [x + shifts[2 * i], y + shifts[2 * i + 1]] as const;
        const [nowX, nowY] = carriedByBones([x, y], moved, shares, pose.bones[side]);
        shifts[2 * i] = nowX - x;
        shifts[2 * i + 1] = nowY - y;
      }
      return { left: look.lid('left', asked.appearance[0]), right: look.lid('right', asked.appearance[1]) };
    },
  };
}
