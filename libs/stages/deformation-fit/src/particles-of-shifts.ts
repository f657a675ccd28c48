import type { ParticleRig } from '@soliloquy/gaussian-cloud';

/** Rounds after which what is left is far below a pixel. */
const ROUNDS = 60;

/**
 * Shifts of particles that carry Gaussians as nearly as may be by given shifts: min ‖W t − d‖² by simultaneous
 * iterative reconstruction, t += C Wᵀ R (d − W t) with R and C one over the sums of |W| along rows and columns (Gilbert
 * 1972), from rest. A particle that carries nothing stays.
 *
 * @param shifts f32 [N, 3] world, d
 * @param into   f32 [P, 3] world, t
 */
export function particlesOfShifts(rig: ParticleRig, shifts: Float32Array, into: Float32Array): void {
  const { indices, weights, neighbours, particles } = rig;
  const count = shifts.length / 3;
  const carried = new Float64Array(particles);
  const reach = new Float64Array(count);
  for (let i = 0; i < weights.length; i++) {
    carried[indices[i]] += Math.abs(weights[i]);
    reach[Math.floor(i / neighbours)] += Math.abs(weights[i]);
  }
  into.fill(0);
  const found = new Float64Array(into.length);
  const sums = new Float64Array(into.length);
  const missed = [0, 0, 0];
  for (let round = 0; round < ROUNDS; round++) {
    sums.fill(0);
    for (let n = 0; n < count; n++) {
      const [from, to] = [n * neighbours, (n + 1) * neighbours];
      for (let c = 0; c < 3; c++) missed[c] = shifts[3 * n + c];
      for (let i = from; i < to; i++) for (let c = 0; c < 3; c++) missed[c] -= weights[i] * found[3 * indices[i] + c];
      for (let i = from; i < to; i++)
        for (let c = 0; c < 3; c++) sums[3 * indices[i] + c] += (weights[i] * missed[c]) / reach[n];
    }
    for (let p = 0; p < particles; p++)
      if (carried[p] > 0) for (let c = 0; c < 3; c++) found[3 * p + c] += sums[3 * p + c] / carried[p];
  }
  into.set(found);
}
