import type { ParticleNeighbours } from './particle-neighbours.ts';

/**
 * Rotation and stretch of each particle from where its neighbours went: the least-squares similarity of their offsets
 * in the image plane, Σ s ‖e − c d‖² with d the canonical and e the deformed offset as complex numbers, so c = Σ s e d̄
 * / Σ s |d|². Its angle is the rotation that as-rigid-as-possible energy wants (Sorkine and Alexa 2007, in the plane),
 * its length the stretch. Neighbours on a line determine it too, where an affine map would not be. A single fixed
 * camera shows no rotation but that about +z.
 *
 * @param positions    f32 [P, 3] world, canonical
 * @param translations f32 [P, 3] world
 * @param rotations    f32 [P, 4] wxyz, filled
 * @param logScaleOffsets f32 [P, 3] ln, filled; the same on all axes, -0.4 … 0.6
 */
export function completeMotion(
  positions: Float32Array,
  neighbours: ParticleNeighbours,
  translations: Float32Array,
  rotations: Float32Array,
  logScaleOffsets: Float32Array,
): void {
  const particles = positions.length / 3;
  const { from, to, stiffness } = neighbours;
  // Per particle: Σ s |d|², and real and imaginary part of Σ s e d̄. An edge gives the same to both its ends: turned
  // round, d and e both change sign.
  const sums = new Float64Array(particles * 3);
  for (let edge = 0; edge < from.length; edge++) {
    const a = from[edge] * 3;
    const b = to[edge] * 3;
    const s = stiffness[edge];
    const dx = positions[b] - positions[a];
    const dy = positions[b + 1] - positions[a + 1];
    const ex = dx + translations[b] - translations[a];
    const ey = dy + translations[b + 1] - translations[a + 1];
    const square = s * (dx * dx + dy * dy);
    const real = s * (ex * dx + ey * dy);
    const imaginary = s * (ey * dx - ex * dy);
    sums[a] += square;
    sums[a + 1] += real;
    sums[a + 2] += imaginary;
    sums[b] += square;
    sums[b + 1] += real;
    sums[b + 2] += imaginary;
  }
  for (let p = 0; p < particles; p++) {
    const square = sums[p * 3];
    const known = square > 0;
    const real = known ? sums[p * 3 + 1] / square : 1;
    const imaginary = known ? sums[p * 3 + 2] / square : 0;
    const half = Math.atan2(imaginary, real) / 2;
    rotations[p * 4] = Math.cos(half);
    rotations[p * 4 + 1] = 0;
    rotations[p * 4 + 2] = 0;
    rotations[p * 4 + 3] = Math.sin(half);
    const stretch = Math.min(0.6, Math.max(-0.4, Math.log(Math.max(Math.hypot(real, imaginary), 0.1))));
    logScaleOffsets.fill(stretch, p * 3, p * 3 + 3);
  }
}
