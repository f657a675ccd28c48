// Which quads of a tile a Gaussian touches. Solved for four rows at a time, without a branch: a small Gaussian then costs only the quads it
// touches, and the loop over them has one end to mispredict instead of one for every row.
import { R_CUT, R_INVERSE_L11, R_L11, R_L21, R_L22, R_LOG2_OPACITY, S_RAMP, S_ROW_DY, S_ROW_HEIGHT, S_ROW_SHEAR } from './layout';
import { madd } from './math.as';

/** Once per tile: the columns' numbers. */
@inline
export function prepareRamp(scratch: usize): void {
  for (let i: usize = 0; i < 16; i++) store<f32>(scratch + (i << 2), <f32>i, S_RAMP);
}

/** Where quad b of a tile has its pixel (x, y), in bytes of a plane. */
@inline
export function pixelOffset(x: i32, y: i32): usize {
  return <usize>((((y >> 2) << 4) | ((x >> 2) << 2) | (y & 3)) << 4) | (<usize>(x & 3) << 2);
}

/**
 * Bit b is set where quad b may see alpha above the cut. (mx, my) is the centre in pixels from the centre of the tile's first pixel.
 * Leaves each row's constants in the scratch: with column x, log2(alpha) = height - (L11 x + shear)².
 */
@inline
export function touchedQuads(record: usize, mx: f32, my: f32, scratch: usize): u64 {
  const l11mx = f32x4.splat(load<f32>(record, R_L11) * mx), l21 = v128.load32_splat(record, R_L21), l22 = v128.load32_splat(record, R_L22);
  const inverse = v128.load32_splat(record, R_INVERSE_L11), cut = v128.load32_splat(record, R_CUT), top = v128.load32_splat(record, R_LOG2_OPACITY);
  const m = f32x4.splat(my);
  return <u64>rows(0, l11mx, l21, l22, inverse, cut, top, m, scratch)
    | (<u64>rows(16, l11mx, l21, l22, inverse, cut, top, m, scratch) << 16)
    | (<u64>rows(32, l11mx, l21, l22, inverse, cut, top, m, scratch) << 32)
    | (<u64>rows(48, l11mx, l21, l22, inverse, cut, top, m, scratch) << 48);
}

@inline
function rows(at: usize, l11mx: v128, l21: v128, l22: v128, inverse: v128, cut: v128, top: v128, my: v128, scratch: usize): u32 {
  const dy = f32x4.sub(v128.load(scratch + at, S_RAMP), my);
  const v = f32x4.mul(l22, dy), drop = f32x4.mul(v, v);
  const shear = madd(l21, dy, f32x4.neg(l11mx));
  v128.store(scratch + at, shear, S_ROW_SHEAR);
  v128.store(scratch + at, f32x4.sub(top, drop), S_ROW_HEIGHT);
  v128.store(scratch + at, dy, S_ROW_DY);
  // not a number where the row misses the ellipse, which compares false
  const half = f32x4.sqrt(f32x4.sub(cut, drop));
  const right = f32x4.mul(f32x4.sub(half, shear), inverse), left = f32x4.mul(f32x4.neg(f32x4.add(half, shear)), inverse);
  const q0 = v128.and(f32x4.le(left, f32x4.splat(3)), f32x4.ge(right, f32x4.splat(0)));
  const q1 = v128.and(f32x4.le(left, f32x4.splat(7)), f32x4.ge(right, f32x4.splat(4)));
  const q2 = v128.and(f32x4.le(left, f32x4.splat(11)), f32x4.ge(right, f32x4.splat(8)));
  const q3 = v128.and(f32x4.le(left, f32x4.splat(15)), f32x4.ge(right, f32x4.splat(12)));
  return i8x16.bitmask(i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(q0, q1), i16x8.narrow_i32x4_s(q2, q3)));
}
