import { PART_OF_REGION, regionIndex, varianceOverTime } from '@soliloquy/gaussian-cloud';
import { PARTS, type Gaussians, type Part, type ParticleDeformation, type RegionName } from '@soliloquy/ports';

const MOUTH = (['upperLip', 'lowerLip', 'jaw'] as const).map(regionIndex);
const HEAD = (['head', 'upperFace'] as const).map(regionIndex);

/** Positions of some points at every frame. */
export interface PointMotion {
  readonly frames: number;
  readonly points: number;
  /** f64 [F, points, 2] pixels of the film */
  readonly positions: Float64Array;
}

/** Pixels of the film per world unit at a particle. */
function pixelsAt(gaussians: Gaussians, deformation: ParticleDeformation, particle: number): number {
  return gaussians.camera.fx / deformation.positions[particle * 3 + 2];
}

const membersOf = (deformation: ParticleDeformation, regions: readonly number[]): number[] =>
  [...deformation.regions.keys()].filter((p) => regions.includes(deformation.regions[p]));

/**
 * Particles of the lips and the jaw relative to the head: what the voice determines, in film pixels from their place at
 * rest.
 */
export function mouthMotion(gaussians: Gaussians, deformation: ParticleDeformation): PointMotion {
  const members = membersOf(deformation, MOUTH);
  const head = membersOf(deformation, HEAD);
  const { frames, particles, translations } = deformation;
  const positions = new Float64Array(frames * members.length * 2);
  for (let frame = 0; frame < frames; frame++) {
    for (let axis = 0; axis < 2; axis++) {
      const at = (p: number): number => translations[(frame * particles + p) * 3 + axis];
      const carried = head.reduce((sum, p) => sum + at(p), 0) / head.length;
      members.forEach(
        (p, i) =>
          (positions[(frame * members.length + i) * 2 + axis] =
            (at(p) - carried) * pixelsAt(gaussians, deformation, p)),
      );
    }
  }
  return { frames, points: members.length, positions };
}

/**
 * Acc. Err: mean over points and frames of ‖Δ²p̂ − Δ²p‖, Δ² the second difference of neighbouring frames (Kanazawa et
 * al. 2019, METRICS).
 *
 * @param given undefined stands for a body that does not move
 * @returns     pixels per frame²
 */
export function accelerationError(given: PointMotion | undefined, truth: PointMotion): number {
  const frames = Math.min(truth.frames, given?.frames ?? truth.frames);
  const second = (motion: PointMotion, frame: number, index: number): number => {
    const at = (f: number): number => motion.positions[f * motion.points * 2 + index];
    return at(frame - 1) - 2 * at(frame) + at(frame + 1);
  };
  let sum = 0;
  for (let frame = 1; frame < frames - 1; frame++) {
    for (let point = 0; point < truth.points; point++) {
      const [x, y] = [0, 1].map(
        (axis) => (given ? second(given, frame, point * 2 + axis) : 0) - second(truth, frame, point * 2 + axis),
      );
      sum += Math.hypot(x, y);
    }
  }
  return sum / (Math.max(1, frames - 2) * truth.points);
}

/** The clip that is the mean of all clips, frame by frame: what a model gives that ignores the voice. */
export function meanMotion(motions: readonly PointMotion[]): PointMotion {
  const frames = Math.min(...motions.map((motion) => motion.frames));
  const { points } = motions[0];
  const positions = new Float64Array(frames * points * 2);
  for (const motion of motions)
    for (let i = 0; i < positions.length; i++) positions[i] += motion.positions[i] / motions.length;
  return { frames, points, positions };
}

/**
 * Variance over time of each part's particles, film pixels², mean over the part's particles; a part without particles
 * is absent.
 */
export function motionVariance(
  gaussians: Gaussians,
  deformations: readonly ParticleDeformation[],
): Partial<Record<Part, number>> {
  const out: Partial<Record<Part, number>> = {};
  const totals = new Float64Array(PARTS.length);
  const counts = new Float64Array(PARTS.length);
  for (const deformation of deformations) {
    const variances = varianceOverTime(deformation.translations, deformation.particles * 3);
    for (let p = 0; p < deformation.particles; p++) {
      const part = PARTS.indexOf(PART_OF_REGION[deformation.regions[p]]);
      for (let axis = 0; axis < 2; axis++)
        totals[part] += variances[p * 3 + axis] * pixelsAt(gaussians, deformation, p) ** 2;
      counts[part]++;
    }
  }
  PARTS.forEach((part, i) => {
    if (counts[i] > 0) out[part] = totals[i] / counts[i];
  });
  return out;
}

/**
 * How far the lips are apart at each frame beyond their rest: mean lower lip less mean upper lip, down the picture. f64
 * [F] film pixels.
 */
export function mouthOpening(gaussians: Gaussians, deformation: ParticleDeformation): Float64Array {
  const mean = (region: RegionName, frame: number): number => {
    const members = membersOf(deformation, [regionIndex(region)]);
    return (
      members.reduce(
        (sum, p) =>
          sum +
          deformation.translations[(frame * deformation.particles + p) * 3 + 1] * pixelsAt(gaussians, deformation, p),
        0,
      ) / members.length
    );
  };
  return Float64Array.from(
    { length: deformation.frames },
    (_, frame) => mean('lowerLip', frame) - mean('upperLip', frame),
  );
}
