import type { RegionName } from '@soliloquy/ports';
import { REGIONS } from '@soliloquy/ports/gaussians';
import { CARRIES } from './region-graph.ts';

/** Springs between particles: pairs (a, b) with a < b, by canonical distance. */
export interface ParticleNeighbours {
  /** i32 [E] */
  readonly from: Int32Array;
  /** i32 [E] */
  readonly to: Int32Array;
  /** f32 [E] stiffness, 1 within a region */
  readonly stiffness: Float32Array;
}

/** What moves against its surroundings is held loosely: lips part, the jaw drops. */
const SOFT = new Set(['upperLip', 'lowerLip', 'jaw']);

/**
 * What is joined to nothing rides on a region by springs alone, of this stiffness: teeth are bone, and hidden most of
 * the time; lids slide over eye and skin, which stay.
 */
const RIDES: Partial<Record<RegionName, { readonly on: RegionName; readonly stiffness: number }>> = {
  mouthInterior: { on: 'upperFace', stiffness: 8 },
  leftEyelid: { on: 'upperFace', stiffness: 0.125 },
  rightEyelid: { on: 'upperFace', stiffness: 0.125 },
};

/**
 * The neighbourhood graph for as-rigid-as-possible motion (Sorkine and Alexa 2007): every particle with its nearest
 * `degree` ones of its own and joined regions, or of the region that it rides on.
 */
export function particleNeighbours(
  rig: { particles: number; positions: Float32Array; regions: Uint8Array },
  degree = 6,
): ParticleNeighbours {
  const { particles, positions, regions } = rig;
  const edges = new Map<number, number>();
  for (let a = 0; a < particles; a++) {
    const region = REGIONS[regions[a]].name;
    const rides = RIDES[region];
    const candidates: { index: number; d: number }[] = [];
    for (let b = 0; b < particles; b++) {
      if (b === a) continue;
      const joined = CARRIES[regions[a] * REGIONS.length + regions[b]] === 1 || rides?.on === REGIONS[regions[b]].name;
      if (joined)
        candidates.push({
          index: b,
          d: Math.hypot(positions[a * 3] - positions[b * 3], positions[a * 3 + 1] - positions[b * 3 + 1]),
        });
    }
    candidates.sort((p, q) => p.d - q.d || p.index - q.index);
    for (const { index } of candidates.slice(0, degree)) {
      const other = REGIONS[regions[index]].name;
      const soft = region !== other && (SOFT.has(region) || SOFT.has(other));
      edges.set(Math.min(a, index) * particles + Math.max(a, index), rides?.stiffness ?? (soft ? 0.25 : 1));
    }
  }
  const keys = [...edges.keys()].sort((a, b) => a - b);
  return {
    from: Int32Array.from(keys, (key) => Math.floor(key / particles)),
    to: Int32Array.from(keys, (key) => key % particles),
    stiffness: Float32Array.from(keys, (key) => edges.get(key)!),
  };
}
