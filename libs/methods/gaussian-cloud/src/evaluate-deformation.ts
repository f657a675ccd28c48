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
  return {
    means: new Float32Array(count * 3),
    quats: new Float32Array(count * 4),
    logScales: new Float32Array(count * 3),
    opacityLogits,
    colors,
  };
}

/**
 * The Gaussians at one frame of a deformation (see `Deformation` for the equations).
 *
 * @param frame 0 … F-1
 * @param into  filled; from `allocateDeformed`
 */
export function evaluateDeformation(
  gaussians: Gaussians,
  deformation: Deformation,
  frame: number,
  into: DeformedGaussians,
): void {
  if (deformation.kind === 'particles') {
    const P = deformation.particles;
    const at = (values: Float32Array, width: number): Float32Array =>
      values.subarray(frame * P * width, (frame + 1) * P * width);
    carryGaussians(
      gaussians,
      deformation,
      {
        translations: at(deformation.translations, 3),
        rotations: at(deformation.rotations, 4),
        logScaleOffsets: at(deformation.logScaleOffsets, 3),
      },
      into,
    );
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

type Skinning = Pick<ParticleDeformation, 'neighbours' | 'indices' | 'weights'>;

/**
 * One pose of the particles carried over to all Gaussians: translations interpolated by weights that reproduce affine
 * maps, rotations and stretches blended by the same.
 *
 * @param only i32 [M]: which Gaussians; the others of `into` stay as they are. All, unless given
 */
export function carryGaussians(
  gaussians: Gaussians,
  skinning: Skinning,
  pose: ParticlePose,
  into: DeformedGaussians,
  only?: Int32Array,
): void {
  const { means, quats, logScales } = gaussians;
  const { neighbours, indices, weights } = skinning;
  const { translations, rotations, logScaleOffsets } = pose;
  const count = only?.length ?? gaussians.count;
  for (let i = 0; i < count; i++) {
    const n = only?.[i] ?? i;
    let x = 0,
      y = 0,
      z = 0,
      qw = 0,
      qx = 0,
      qy = 0,
      qz = 0,
      sx = 0,
      sy = 0,
      sz = 0;
    for (let k = n * neighbours; k < (n + 1) * neighbours; k++) {
      const weight = weights[k];
      if (weight === 0) continue;
      const p = indices[k] * 3;
      const q = indices[k] * 4;
      x += weight * translations[p];
      y += weight * translations[p + 1];
      z += weight * translations[p + 2];
      qw += weight * rotations[q];
      qx += weight * rotations[q + 1];
      qy += weight * rotations[q + 2];
      qz += weight * rotations[q + 3];
      sx += weight * logScaleOffsets[p];
      sy += weight * logScaleOffsets[p + 1];
      sz += weight * logScaleOffsets[p + 2];
    }
    const o = n * 3;
    into.means[o] = means[o] + x;
    into.means[o + 1] = means[o + 1] + y;
    into.means[o + 2] = means[o + 2] + z;
    into.logScales[o] = logScales[o] + sx;
    into.logScales[o + 1] = logScales[o + 1] + sy;
    into.logScales[o + 2] = logScales[o + 2] + sz;
    const norm = 1 / Math.sqrt(qw * qw + qx * qx + qy * qy + qz * qz);
    multiplyQuaternion(qw * norm, qx * norm, qy * norm, qz * norm, quats, into.quats, n * 4);
  }
}

/** out[at…] = (w, x, y, z) · q[at…], Hamilton product, wxyz. */
function multiplyQuaternion(
  w: number,
  x: number,
  y: number,
  z: number,
  q: Float32Array,
  out: Float32Array,
  at: number,
): void {
  const a = q[at],
    b = q[at + 1],
    c = q[at + 2],
    d = q[at + 3];
  out[at] = w * a - x * b - y * c - z * d;
  out[at + 1] = w * b + x * a + y * d - z * c;
  out[at + 2] = w * c - x * d + y * a + z * b;
  out[at + 3] = w * d + x * c - y * b + z * a;
}
