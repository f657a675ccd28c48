import type { Gaussians, RegionName } from '@soliloquy/ports';
import type { ParticleRig } from './particles.ts';
import { regionIndex } from './region-graph.ts';

export const LID_NAMES = ['leftEyelid', 'rightEyelid'] as const satisfies readonly RegionName[];
/** Nearest particles of the face that say where a lid is while its eye is open. */
const BEARERS = 4;

/** Way of a shut lid over its height: its top stays under the fold. */
const WAY = 0.64;

/** How one particle of a lid moves when the eye shuts. */
interface LidParticle {
  readonly index: number;
  /** particles of the face around it */
  readonly bearers: readonly number[];
  /** world, x and y: its way at a closure of 1 */
  readonly way: readonly [number, number];
}

/**
 * Lids that are drawn down over the eyes. A lid goes down as one piece, so that weights between particles bend nothing;
 * the skin before it hides what is not over the eye.
 */
export class Lids {
  readonly #particles: readonly LidParticle[];

  private constructor(particles: readonly LidParticle[]) {
    this.#particles = particles;
  }

  /** @returns undefined where no Gaussian is of a lid, or nothing would carry it */
  static of(gaussians: Gaussians, rig: ParticleRig): Lids | undefined {
    const particles = LID_NAMES.flatMap((name) => lidParticles(gaussians, rig, regionIndex(name)));
    return particles.length === 0 ? undefined : new Lids(particles);
  }

  /**
   * Puts the lids where the face has them, shut by so much.
   *
   * @param translations f32 [P, 3] world, in which the particles of lids change
   * @param closure      0 open; 1 shut
   */
  shut(translations: Float32Array, closure: number): void {
    for (const { index, bearers, way } of this.#particles)
      for (const axis of [0, 1] as const) {
        const carried = bearers.reduce((sum, p) => sum + translations[p * 3 + axis], 0) / bearers.length;
        translations[index * 3 + axis] = carried + closure * way[axis];
      }
  }
}

/** The particles of one lid. */
function lidParticles(gaussians: Gaussians, rig: ParticleRig, region: number): LidParticle[] {
  const members = [...rig.regions.keys()].filter((p) => rig.regions[p] === region);
  const face = [...rig.regions.keys()].filter((p) => rig.regions[p] === regionIndex('upperFace'));
  if (members.length === 0 || face.length === 0) return [];
  const way = wayOf(gaussians, region);
  return members.map((index): LidParticle => {
    const [x, y] = [rig.positions[index * 3], rig.positions[index * 3 + 1]];
    const distance = (p: number): number => Math.hypot(rig.positions[p * 3] - x, rig.positions[p * 3 + 1] - y);
    return { index, bearers: face.toSorted((a, b) => distance(a) - distance(b) || a - b).slice(0, BEARERS), way };
  });
}

/** World, x and y: how a shut lid has gone down. It is wider than high: down is across its longer principal axis. */
function wayOf({ count, means, regions }: Gaussians, region: number): readonly [number, number] {
  const lid = [...Array(count).keys()].filter((n) => regions[n] === region);
  const mean = (of: (n: number) => number): number => lid.reduce((sum, n) => sum + of(n), 0) / lid.length;
  const middle = [mean((n) => means[n * 3]), mean((n) => means[n * 3 + 1])] as const;
  const dx = (n: number): number => means[n * 3] - middle[0];
  const dy = (n: number): number => means[n * 3 + 1] - middle[1];
  const angle = Math.atan2(2 * mean((n) => dx(n) * dy(n)), mean((n) => dx(n) ** 2) - mean((n) => dy(n) ** 2)) / 2;
  const down = [-Math.sin(angle), Math.cos(angle)] as const;
  const rows = lid.map((n) => dx(n) * down[0] + dy(n) * down[1]);
  const height = Math.max(...rows) - Math.min(...rows);
  return [WAY * height * down[0], WAY * height * down[1]];
}
