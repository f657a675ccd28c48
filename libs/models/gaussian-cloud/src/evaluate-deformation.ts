import type { Deformation, Gaussians, ParticleDeformation } from '@soliloquy/ports';

/** The Gaussians of one frame: what a rasteriser draws. */
export interface DeformedGaussians {
  /** f32 [N, 3] world */
  readonly means: Float32Array;
  /** f32 [N, 4] wxyz, need not be unit */
  readonly quats: Float32Array;
  /** f32 [N, 3] ln(world) */
  readonly logScales: Float32Array;
  /** f32 [N] */
  readonly opacityLogits: Float32Array;
  /** f32 [N, 3] sRGB */
  readonly colors: Float32Array;
}

/** Room for one frame; opacity and colour are those of the canonical Gaussians. */
export function allocateDeformed(gaussians: Gaussians): DeformedGaussians {
  const { count, opacityLogits, colors } = gaussians;
  return { means: new Float32Array(count * 3), quats: new Float32Array(count * 4), logScales: new Float32Array(count * 3), opacityLogits, colors };
}

/**
 * The Gaussians at one frame of a deformation (see `Deformation` for the equations).
 *
 * @param frame 0 … F-1
 * @param into  filled; from `allocateDeformed`
 */
export function evaluateDeformation(gaussians: Gaussians, deformation: Deformation, frame: number, into: DeformedGaussians): void {
  if (deformation.kind === 'particles') {
    const P = deformation.particles;
    const at = (values: Float32Array, width: number): Float32Array => values.subarray(frame * P * width, (frame + 1) * P * width);
    carryGaussians(gaussians, deformation, { translations: at(deformation.translations, 3), rotations: at(deformation.rotations, 4), logScaleOffsets: at(deformation.logScaleOffsets, 3) }, into);
    return;
  }
  const { means, quats, logScales, count } = gaussians;
  for (let i = 0, o = frame * count * 3; i < count * 3; i++, o++) {
    into.means[i] = means[i] + deformation.meanOffsets[o];
    into.logScales[i] = logScales[i] + deformation.logScaleOffsets[o];
  }
  for (let n = 0, o = frame * count * 4; n < count; n++, o += 4) {
    const r = deformation.rotations;
    multiplyQuaternion(r[o], r[o + 1], r[o + 2], r[o + 3], quats, into.quats, n * 4);
  }
}

/** One frame of particle motion: f32 [P, 3], [P, 4] wxyz, [P, 3]. */
export interface ParticlePose {
  readonly translations: Float32Array;
  readonly rotations: Float32Array;
  readonly logScaleOffsets: Float32Array;
}

type Skinning = Pick<ParticleDeformation, 'positions' | 'neighbours' | 'indices' | 'weights'>;

/** Linear blending of one pose of the particles onto all Gaussians (embedded deformation, Sumner et al. 2007). */
export function carryGaussians(gaussians: Gaussians, skinning: Skinning, pose: ParticlePose, into: DeformedGaussians): void {
  const { means, quats, logScales, count } = gaussians;
  const { positions, neighbours, indices, weights } = skinning;
  const { translations, rotations, logScaleOffsets } = pose;
  for (let n = 0; n < count; n++) {
    const mx = means[n * 3];
    const my = means[n * 3 + 1];
    const mz = means[n * 3 + 2];
    let x = 0, y = 0, z = 0, qw = 0, qx = 0, qy = 0, qz = 0, sx = 0, sy = 0, sz = 0;
    for (let k = 0; k < neighbours; k++) {
      const weight = weights[n * neighbours + k];
      if (weight === 0) continue;
      const p = indices[n * neighbours + k];
      const px = positions[p * 3];
      const py = positions[p * 3 + 1];
      const pz = positions[p * 3 + 2];
      const w = rotations[p * 4], i = rotations[p * 4 + 1], j = rotations[p * 4 + 2], l = rotations[p * 4 + 3];
      const dx = mx - px, dy = my - py, dz = mz - pz;
      // v' = v + 2w (u × v) + 2 u × (u × v)
      const cx = j * dz - l * dy, cy = l * dx - i * dz, cz = i * dy - j * dx;
      x += weight * (dx + 2 * (w * cx + j * cz - l * cy) + px + translations[p * 3]);
      y += weight * (dy + 2 * (w * cy + l * cx - i * cz) + py + translations[p * 3 + 1]);
      z += weight * (dz + 2 * (w * cz + i * cy - j * cx) + pz + translations[p * 3 + 2]);
      qw += weight * w;
      qx += weight * i;
      qy += weight * j;
      qz += weight * l;
      sx += weight * logScaleOffsets[p * 3];
      sy += weight * logScaleOffsets[p * 3 + 1];
      sz += weight * logScaleOffsets[p * 3 + 2];
    }
    into.means[n * 3] = x;
    into.means[n * 3 + 1] = y;
    into.means[n * 3 + 2] = z;
    into.logScales[n * 3] = logScales[n * 3] + sx;
    into.logScales[n * 3 + 1] = logScales[n * 3 + 1] + sy;
    into.logScales[n * 3 + 2] = logScales[n * 3 + 2] + sz;
    const norm = 1 / Math.hypot(qw, qx, qy, qz);
    multiplyQuaternion(qw * norm, qx * norm, qy * norm, qz * norm, quats, into.quats, n * 4);
  }
}

/** out[at…] = (w, x, y, z) · q[at…], Hamilton product, wxyz. */
function multiplyQuaternion(w: number, x: number, y: number, z: number, q: Float32Array, out: Float32Array, at: number): void {
  const a = q[at], b = q[at + 1], c = q[at + 2], d = q[at + 3];
  out[at] = w * a - x * b - y * c - z * d;
  out[at + 1] = w * b + x * a + y * d - z * c;
  out[at + 2] = w * c - x * d + y * a + z * b;
  out[at + 3] = w * d + x * c - y * b + z * a;
}
