import type { ParticleNeighbours } from './particle-neighbours.ts';

/**
 * Rotation and stretch of each particle from where its neighbours went: the least-squares affine map of their offsets in the image plane, split into a rotation
 * about +z and an isotropic stretch (SC-GS estimates rotations the same way, without gradient). A single fixed camera shows no other rotation.
 * It is drawn a little towards no motion: among evenly spread neighbours a small angle θ is found as θ / 1.2. Undamped (least-squares similarity), clips were fitted 0.1 dB worse.
 *
 * @param positions    f32 [P, 3] world, canonical
 * @param translations f32 [P, 3] world
 * @param rotations    f32 [P, 4] wxyz, filled
 * @param logScaleOffsets f32 [P, 3] ln, filled; the same on all axes
 */
export function completeMotion(positions: Float32Array, neighbours: ParticleNeighbours, translations: Float32Array, rotations: Float32Array, logScaleOffsets: Float32Array): void {
  const particles = positions.length / 3;
  // Per particle: Σ d dᵀ (3 numbers) and Σ e dᵀ (4 numbers), d canonical and e deformed offsets.
  const sums = new Float64Array(particles * 7);
  const add = (a: number, b: number, weight: number): void => {
    const dx = positions[b * 3] - positions[a * 3];
    const dy = positions[b * 3 + 1] - positions[a * 3 + 1];
    const ex = dx + translations[b * 3] - translations[a * 3];
    const ey = dy + translations[b * 3 + 1] - translations[a * 3 + 1];
    const s = a * 7;
    sums[s] += weight * dx * dx;
    sums[s + 1] += weight * dx * dy;
    sums[s + 2] += weight * dy * dy;
    sums[s + 3] += weight * ex * dx;
    sums[s + 4] += weight * ex * dy;
    sums[s + 5] += weight * ey * dx;
    sums[s + 6] += weight * ey * dy;
  };
  for (let edge = 0; edge < neighbours.from.length; edge++) {
    add(neighbours.from[edge], neighbours.to[edge], neighbours.stiffness[edge]);
    add(neighbours.to[edge], neighbours.from[edge], neighbours.stiffness[edge]);
  }
  for (let p = 0; p < particles; p++) {
    const s = p * 7;
    // A little identity keeps particles whose neighbours lie on a line from tumbling.
    const epsilon = 0.1 * (sums[s] + sums[s + 2]) + 1e-12;
    const xx = sums[s] + epsilon;
    const xy = sums[s + 1];
    const yy = sums[s + 2] + epsilon;
    const determinant = xx * yy - xy * xy;
    const bxx = sums[s + 3] + epsilon;
    const byy = sums[s + 6] + epsilon;
    const a11 = (bxx * yy - sums[s + 4] * xy) / determinant;
    const a12 = (sums[s + 4] * xx - bxx * xy) / determinant;
    const a21 = (sums[s + 5] * yy - byy * xy) / determinant;
    const a22 = (byy * xx - sums[s + 5] * xy) / determinant;
    const half = Math.atan2(a21 - a12, a11 + a22) / 2;
    rotations[p * 4] = Math.cos(half);
    rotations[p * 4 + 1] = 0;
    rotations[p * 4 + 2] = 0;
    rotations[p * 4 + 3] = Math.sin(half);
    const stretch = Math.min(0.6, Math.max(-0.4, 0.5 * Math.log(Math.max(a11 * a22 - a12 * a21, 0.2))));
    logScaleOffsets.fill(stretch, p * 3, p * 3 + 3);
  }
}
