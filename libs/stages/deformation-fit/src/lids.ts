import { regionIndex, type ParticleRig } from '@soliloquy/gaussian-cloud';
import type { Gaussians, RegionName } from '@soliloquy/ports';

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
 * Lids that are drawn down over the eyes. A lid is fast, and as it comes down it uncovers nothing that it resembles:
 * steps along the picture's slope stay where they are. So the closure is searched, as one number for both eyes.
 *
 * A lid goes down as one piece, so that weights between particles bend nothing; the skin before it hides what is not
 * over the eye.
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

/** Closures that are tried first, and how far to both sides of the best one the next are. */
const CLOSURES = [0, 0.5, 1];
const FINER = [0.25, 0.125];
/** Farther down a lid would hide its own lashes. */
const MOST = 1;

/**
 * The closure of least error: of a few, then of two on both sides of the best so far, ever closer.
 *
 * @param error of one closure
 */
export async function bestClosure(error: (closure: number) => Promise<number>): Promise<number> {
  let best = { closure: 0, error: Infinity };
  const consider = async (closures: readonly number[]): Promise<void> => {
    for (const closure of closures.filter((each) => each >= 0 && each <= MOST)) {
      const tried = await error(closure);
      if (tried < best.error) best = { closure, error: tried };
    }
  };
  await consider(CLOSURES);
  for (const step of FINER) await consider([best.closure - step, best.closure + step]);
  return best.closure;
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
