import { regionIndex, type ParticleRig } from '@soliloquy/gaussian-cloud';
import type { Gaussians, RegionName } from '@soliloquy/ports';

const LIDS = ['leftEyelid', 'rightEyelid'] as const satisfies readonly RegionName[];
/** Nearest particles of the face that say where a lid is while its eye is open. */
const BEARERS = 4;

/** How far the fold goes, of the edge's way. */
const FOLD = 0.5;

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
 * The fold stays, the edge goes down by the lid's own height, and less towards the corners of the eye.
 */
export class Lids {
  readonly #particles: readonly LidParticle[];

  private constructor(particles: readonly LidParticle[]) {
    this.#particles = particles;
  }

  /** @returns undefined where no Gaussian is of a lid, or nothing would carry it */
  static of(gaussians: Gaussians, rig: ParticleRig): Lids | undefined {
    const particles = LIDS.flatMap((name) => lidParticles(gaussians, rig, regionIndex(name)));
    return particles.length === 0 ? undefined : new Lids(particles);
  }

  /**
   * Puts the lids where the face has them, shut by so much.
   *
   * @param translations f32 [P, 3] world, in which the particles of lids change
   * @param closure      0 open; about 1 shut
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
const CLOSURES = [0, 0.5, 1, 1.5];
const FINER = [0.25, 0.125];

/**
 * The closure of least error: of a few, then of two on both sides of the best so far, ever closer.
 *
 * @param error of one closure
 */
export async function bestClosure(error: (closure: number) => Promise<number>): Promise<number> {
  let best = { closure: 0, error: Infinity };
  const consider = async (closures: readonly number[]): Promise<void> => {
    for (const closure of closures.filter((each) => each >= 0)) {
      const tried = await error(closure);
      if (tried < best.error) best = { closure, error: tried };
    }
  };
  await consider(CLOSURES);
  for (const step of FINER) await consider([best.closure - step, best.closure + step]);
  return best.closure;
}

/** Where a lid lies: its middle, the direction along it and, turned by a right angle, down to the eye. */
interface LidFrame {
  readonly middle: readonly [number, number];
  readonly along: readonly [number, number];
  readonly down: readonly [number, number];
  readonly halfWidth: number;
  /** how much lower a place at the end of the lid is than one of the same row in its middle */
  readonly arch: number;
  /** of fold and edge, below the middle */
  readonly fold: number;
  readonly edge: number;
}

/** The particles of one lid. */
function lidParticles(gaussians: Gaussians, rig: ParticleRig, region: number): LidParticle[] {
  const members = [...rig.regions.keys()].filter((p) => rig.regions[p] === region);
  const face = [...rig.regions.keys()].filter((p) => rig.regions[p] === regionIndex('upperFace'));
  if (members.length === 0 || face.length === 0) return [];
  const frame = lidFrame(gaussians, region);
  const height = frame.edge - frame.fold;
  return members.map((index): LidParticle => {
    const [x, y] = [rig.positions[index * 3], rig.positions[index * 3 + 1]];
    const distance = (p: number): number => Math.hypot(rig.positions[p * 3] - x, rig.positions[p * 3 + 1] - y);
    const { u, v } = placeInLid(frame, x, y);
    const share = height > 0 ? Math.min(1, Math.max(0, (v - frame.fold) / height)) : 0;
    const length = height * Math.sqrt(Math.max(0, 1 - u * u)) * (FOLD + (1 - FOLD) * share);
    return {
      index,
      bearers: face.toSorted((a, b) => distance(a) - distance(b) || a - b).slice(0, BEARERS),
      way: [length * frame.down[0], length * frame.down[1]],
    };
  });
}

/** `u` −1 … 1 along the lid; `v` world, down from its middle, the arch taken out. */
function placeInLid(
  { middle, along, down, halfWidth, arch }: Omit<LidFrame, 'fold' | 'edge'>,
  x: number,
  y: number,
): { u: number; v: number } {
  const [dx, dy] = [x - middle[0], y - middle[1]];
  const u = (dx * along[0] + dy * along[1]) / halfWidth;
  return { u, v: dx * down[0] + dy * down[1] - arch * u * u };
}

/** From the Gaussians of a lid, which is wider than high: its principal axes, and the parabola that its rows follow. */
function lidFrame({ count, means, regions }: Gaussians, region: number): LidFrame {
  const lid = [...Array(count).keys()].filter((n) => regions[n] === region);
  const mean = (of: (n: number) => number): number => lid.reduce((sum, n) => sum + of(n), 0) / lid.length;
  const middle = [mean((n) => means[n * 3]), mean((n) => means[n * 3 + 1])] as const;
  const dx = (n: number): number => means[n * 3] - middle[0];
  const dy = (n: number): number => means[n * 3 + 1] - middle[1];
  const angle = Math.atan2(2 * mean((n) => dx(n) * dy(n)), mean((n) => dx(n) ** 2) - mean((n) => dy(n) ** 2)) / 2;
  const along = [Math.cos(angle), Math.sin(angle)] as const;
  const down = [-along[1], along[0]] as const;
  const halfWidth = Math.max(1e-9, ...lid.map((n) => Math.abs(dx(n) * along[0] + dy(n) * along[1])));
  const flat = { middle, along, down, halfWidth, arch: 0 };
  const places = lid.map((n) => placeInLid(flat, means[n * 3], means[n * 3 + 1]));
  const square = places.reduce((sum, { u }) => sum + u * u, 0) / lid.length;
  const deviation = places.reduce((sum, { u }) => sum + (u * u - square) ** 2, 0);
  const arch = deviation > 0 ? places.reduce((sum, { u, v }) => sum + (u * u - square) * v, 0) / deviation : 0;
  const rows = places.map(({ u, v }) => v - arch * u * u);
  return { ...flat, arch, fold: Math.min(...rows), edge: Math.max(...rows) };
}
