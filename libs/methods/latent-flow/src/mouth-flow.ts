import { toFace, toPicture, type FilmFace, type LipSeam } from '@soliloquy/face';
import { smoothstep } from '@soliloquy/signal';
import { POINT_PARTS, type CanonicalPoints } from './canonical-points.ts';
import { pointWeights, type PointWeights } from './point-flow.ts';
import type { TrunkFlow, TrunkPlaces, TrunkPose } from './trunk-flow.ts';

/** How far what is below the lips' seam goes beyond the head: lower lip, chin, cheeks. */
export interface MouthFlow {
  /** @param places f32 [places, 2] film pixels */
  placed(places: Float32Array): PointWeights;
  /**
   * How far the points below the seam are from where the trunk takes them.
   *
   * @param tracks f32 [Q, 2] film pixels
   * @returns      f32 [n, 2] film pixels
   */
  beyond(pose: TrunkPose, tracks: Float32Array): Float32Array;
}

/** Points reach fully so far, units of the face. */
const REACH = { radius: 0.12, ridge: 1e3 } as const;
/** Where nothing moves beyond the head, units of the face from the mouth: corners and cheeks, and below the chin. */
const CHEEKS: readonly (readonly [number, number])[] = [
  [0.85, 0],
  [1.05, 0.35],
];
const BELOW_CHIN = 0.6;
/** Nothing beyond this moves with the jaw, units of the face from the middle of the mouth. */
export const REACH_ASIDE = 1.3;

/**
 * Of the lower lip's and the jaw's points what they do beyond the trunk, by inverse distances, with nothing at the
 * corners of the mouth, on the cheeks and below the chin. Linear in the points' shifts.
 */
export function mouthFlow(
  face: FilmFace,
  line: LipSeam,
  { points, trunk }: { readonly points: CanonicalPoints; readonly trunk: TrunkFlow },
): MouthFlow {
  const members = [...points.parts.keys()].filter(
    (q) => ['lowerLip', 'jaw'].includes(POINT_PARTS[points.parts[q]]) && points.visibility[q] > 0,
  );
  const rest = Float32Array.from(members.flatMap((q) => [points.positions[2 * q], points.positions[2 * q + 1]]));
  const still = stillPlaces(face, line);
  const all = Float32Array.from([...rest, ...still]);
  const own: TrunkPlaces = trunk.placed(rest);
  const carried = new Float32Array(rest.length);
  return {
    placed(places) {
      const { points: count, data } = pointWeights(places, all, { ...REACH, radius: REACH.radius * points.unit });
      const n = members.length;
      const kept = new Float32Array((n * places.length) / 2);
      for (let i = 0; 2 * i < places.length; i++) {
        const share = shareBelow(face, line, { x: places[2 * i], y: places[2 * i + 1] });
        for (let j = 0; j < n; j++) kept[i * n + j] = share * data[i * count + j];
      }
      return { points: n, data: kept };
    },
    beyond(pose, tracks) {
      trunk.carry(own, pose, carried);
      return carried.map((value, i) => {
        const at = 2 * members[i >> 1] + (i % 2);
        return tracks[at] - points.positions[at] - value;
      });
    },
  };
}

/** All between the corners; beyond them nothing at the seam, all of it some way below, and nothing off the chin. */
function shareBelow(face: FilmFace, line: LipSeam, { x, y }: { readonly x: number; readonly y: number }): number {
  const { u, v } = toFace(face, x, y);
  const t = Math.abs(u - line.centre) / line.halfWidth;
  const inside = 1 - smoothstep(0.8, 1, t);
  const chin = face.local('chin')?.v ?? 0.65;
  const around = 1 - smoothstep(0.8, REACH_ASIDE, Math.abs(u - line.centre));
  const above = 1 - smoothstep(chin + 0.5 * BELOW_CHIN, chin + 1.5 * BELOW_CHIN, v);
  return around * above * Math.max(inside, smoothstep(0, 0.25, v - line.at(u)));
}

function stillPlaces(face: FilmFace, { centre, halfWidth, at }: LipSeam): number[] {
  const chin = face.local('chin')?.v ?? 0.65;
  const places: (readonly [number, number])[] = [];
  for (const side of [-1, 1]) {
    for (const t of [1, 1.3]) places.push([centre + side * t * halfWidth, at(centre + side * t * halfWidth)]);
    for (const [u, v] of CHEEKS) places.push([centre + side * u, v]);
    for (const u of [0.25, 0.75]) places.push([centre + side * u, chin + BELOW_CHIN]);
    places.push([centre + side * 1.1, chin]);
  }
  return places.flatMap(([u, v]) => {
    const { x, y } = toPicture(face, u, v);
    return [x, y];
  });
}
