import type { Gaussians, RegionName } from '@soliloquy/ports';
import { REGIONS } from '@soliloquy/ports/gaussians';
import { farthestPointSampling } from './farthest-point-sampling.ts';
import { CARRIES } from './region-graph.ts';

/** P particles that carry N Gaussians: the part of a particle deformation that does not move. */
export interface ParticleRig {
  /** P */
  readonly particles: number;
  /** f32 [P, 3] world, canonical */
  readonly positions: Float32Array;
  /** u8 [P] index into REGIONS */
  readonly regions: Uint8Array;
  /** K */
  readonly neighbours: number;
  /** i32 [N, K] */
  readonly indices: Int32Array;
  /** f32 [N, K] sum to 1 */
  readonly weights: Float32Array;
}

/** How many of 248 particles each region gets: many where motion is fine. An arm is whole or three regions. */
const SHARES: Record<RegionName, number> = {
  torso: 44,
  neck: 8,
  leftArm: 20,
  rightArm: 20,
  leftShoulder: 5,
  rightShoulder: 5,
  leftUpperArm: 7,
  rightUpperArm: 7,
  leftForearm: 8,
  rightForearm: 8,
  legs: 24,
  head: 24,
  upperFace: 24,
  jaw: 20,
  upperLip: 10,
  lowerLip: 10,
  mouthInterior: 4,
  leftEyelid: 8,
  rightEyelid: 8,
  leftHand: 12,
  rightHand: 12,
};
const TOTAL = Object.values(SHARES).reduce((sum, share) => sum + share, 0) - SHARES.leftArm - SHARES.rightArm;

/**
 * Chooses particles by farthest-point sampling in every region, and the weights by which they carry the Gaussians.
 *
 * The weights are exp(−d² / 2r²) over the K nearest particles of the Gaussian's own region and those it is joined to,
 * normalised (SC-GS, Huang et al. 2024), r half the distance to the next one beyond the K, so that each is faint before
 * it leaves the neighbourhood.
 *
 * @param count wanted P for a whole body; a region that the picture does not show gets none, one that it shows at least
 *   two
 */
export function createParticleRig(gaussians: Gaussians, count: number, neighbours = 5): ParticleRig {
  const byRegion: number[][] = REGIONS.map(() => []);
  for (let n = 0; n < gaussians.count; n++) byRegion[gaussians.regions[n]].push(n);
  const chosen: number[] = [];
  for (const [region, members] of byRegion.entries()) {
    const share = Math.max(2, Math.round((SHARES[REGIONS[region].name] * count) / TOTAL));
    chosen.push(...farthestPointSampling(gaussians.means, Int32Array.from(members), share));
  }
  const particles = chosen.length;
  const positions = new Float32Array(particles * 3);
  const regions = new Uint8Array(particles);
  chosen.forEach((index, p) => {
    positions.set(gaussians.means.subarray(index * 3, index * 3 + 3), p * 3);
    regions[p] = gaussians.regions[index];
  });
  return { particles, positions, regions, neighbours, ...skinningWeights(gaussians, positions, regions, neighbours) };
}

/** @returns indices i32 [N, K] and weights f32 [N, K] of the particles that carry each Gaussian */
function skinningWeights(
  gaussians: Gaussians,
  positions: Float32Array,
  regions: Uint8Array,
  neighbours: number,
): { indices: Int32Array; weights: Float32Array } {
  const { count, means } = gaussians;
  const indices = new Int32Array(count * neighbours);
  const weights = new Float32Array(count * neighbours);
  const allowed = REGIONS.map((_, region) =>
    [...regions.keys()].filter((p) => CARRIES[region * REGIONS.length + regions[p]] === 1),
  );
  const nearest = new Int32Array(neighbours + 1);
  const distance = new Float64Array(neighbours + 1);
  for (let n = 0; n < count; n++) {
    let found = 0;
    for (const p of allowed[gaussians.regions[n]]) {
      // Depth counts half: it is a guess (inflated silhouette), while x and y are seen.
      const d =
        (means[n * 3] - positions[p * 3]) ** 2 +
        (means[n * 3 + 1] - positions[p * 3 + 1]) ** 2 +
        0.25 * (means[n * 3 + 2] - positions[p * 3 + 2]) ** 2;
      if (found === neighbours + 1 && d >= distance[neighbours]) continue;
      let slot = found < neighbours + 1 ? found++ : neighbours;
      while (slot > 0 && distance[slot - 1] > d) {
        distance[slot] = distance[slot - 1];
        nearest[slot] = nearest[slot - 1];
        slot--;
      }
      distance[slot] = d;
      nearest[slot] = p;
    }
    const used = Math.min(found, neighbours);
    // The next particle beyond the K sets the radius, so that a weight is small before its particle drops out of the K.
    const radius = Math.max(distance[Math.min(found, neighbours + 1) - 1] * 0.25, 1e-12);
    let sum = 0;
    for (let k = 0; k < neighbours; k++) {
      indices[n * neighbours + k] = nearest[k < used ? k : 0];
      const weight = k < used ? Math.exp(-(distance[k] - distance[0]) / (2 * radius)) : 0;
      weights[n * neighbours + k] = weight;
      sum += weight;
    }
    for (let k = 0; k < neighbours; k++) weights[n * neighbours + k] /= sum;
    reproduceAffine(means, n, positions, indices, weights, used, n * neighbours);
  }
  return { indices, weights };
}

/**
 * Changes K weights of sum 1 so that Σ w_k p_k = m in x and y: w'_k = w_k (1 + aᵀ(p_k − p̄)), a from the 2x2 system of
 * the weighted scatter about p̄ = Σ w_k p_k. A ridge leaves Gaussians whose particles lie on a line, or that lie far
 * outside them, near their old weights.
 */
function reproduceAffine(
  means: Float32Array,
  n: number,
  positions: Float32Array,
  indices: Int32Array,
  weights: Float32Array,
  used: number,
  at: number,
): void {
  let px = 0,
    py = 0;
  for (let k = at; k < at + used; k++) {
    px += weights[k] * positions[indices[k] * 3];
    py += weights[k] * positions[indices[k] * 3 + 1];
  }
  let xx = 0,
    xy = 0,
    yy = 0;
  for (let k = at; k < at + used; k++) {
    const dx = positions[indices[k] * 3] - px;
    const dy = positions[indices[k] * 3 + 1] - py;
    xx += weights[k] * dx * dx;
    xy += weights[k] * dx * dy;
    yy += weights[k] * dy * dy;
  }
  const ridge = 0.02 * (xx + yy) + 1e-12;
  const determinant = (xx + ridge) * (yy + ridge) - xy * xy;
  const mx = means[n * 3] - px;
  const my = means[n * 3 + 1] - py;
  const ax = ((yy + ridge) * mx - xy * my) / determinant;
  const ay = ((xx + ridge) * my - xy * mx) / determinant;
  const tilt = (k: number): number => ax * (positions[indices[k] * 3] - px) + ay * (positions[indices[k] * 3 + 1] - py);
  let change = 0;
  for (let k = at; k < at + used; k++) change += weights[k] * Math.abs(tilt(k));
  // A lone Gaussian far outside its particles would throw their noise about, up to nine times as large: it gets no more
  // than three times.
  const share = Math.min(1, 2 / change);
  for (let k = at; k < at + used; k++) weights[k] *= 1 + share * tilt(k);
}
