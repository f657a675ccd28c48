import { REGIONS } from '@soliloquy/ports';
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

/** Stiffness of what is hidden most of the time, and so held by nothing but its springs: teeth are bone. */
const RIDES = 8;

/**
 * The neighbourhood graph for as-rigid-as-possible motion (Sorkine and Alexa 2007): every particle with its nearest
 * `degree` ones of its own and joined regions. A region that is joined to none (the mouth's interior) rides on the
 * nearest particles of any region above it, so that hidden particles follow the head.
 */
export function particleNeighbours(
  rig: { particles: number; positions: Float32Array; regions: Uint8Array },
  degree = 6,
): ParticleNeighbours {
  const { particles, positions, regions } = rig;
  const edges = new Map<number, number>();
  const interior = REGIONS.findIndex((region) => region.name === 'mouthInterior');
  const ridesOn = REGIONS.findIndex((region) => region.name === 'upperFace');
  for (let a = 0; a < particles; a++) {
    const candidates: { index: number; d: number }[] = [];
    for (let b = 0; b < particles; b++) {
      if (b === a) continue;
      const joined =
        CARRIES[regions[a] * REGIONS.length + regions[b]] === 1 || (regions[a] === interior && regions[b] === ridesOn);
      if (joined)
        candidates.push({
          index: b,
          d: Math.hypot(positions[a * 3] - positions[b * 3], positions[a * 3 + 1] - positions[b * 3 + 1]),
        });
    }
    candidates.sort((p, q) => p.d - q.d || p.index - q.index);
    for (const { index } of candidates.slice(0, degree)) {
      const soft =
        regions[a] !== regions[index] && (SOFT.has(REGIONS[regions[a]].name) || SOFT.has(REGIONS[regions[index]].name));
      edges.set(Math.min(a, index) * particles + Math.max(a, index), regions[a] === interior ? RIDES : soft ? 0.25 : 1);
    }
  }
  const keys = [...edges.keys()].sort((a, b) => a - b);
  return {
    from: Int32Array.from(keys, (key) => Math.floor(key / particles)),
    to: Int32Array.from(keys, (key) => key % particles),
    stiffness: Float32Array.from(keys, (key) => edges.get(key)!),
  };
}
