// Which quads of a tile a Gaussian touches. Solved for four rows at a time, without a branch: a small Gaussian then
// costs only the quads it touches, and the loop over them has one end to mispredict instead of one for every row.
import {
  K_COLUMN_11,
  K_COLUMN_12,
  K_COLUMN_15,
  K_COLUMN_3,
  K_COLUMN_4,
  K_COLUMN_7,
  K_COLUMN_8,
  R_CUT,
  R_INVERSE_L11,
  R_L11,
  R_L21,
  R_L22,
  R_LOG2_OPACITY,
  S_RAMP,
  S_ROW_DY,
  S_ROW_HEIGHT,
  S_ROW_SHEAR,
} from '../layout';
import { madd } from './math.as';

/** Once per tile: the columns' numbers. */
@inline
export function prepareRamp(scratch: usize): void {
  for (let i: usize = 0; i < 16; i++) store<f32>(scratch + (i << 2), <f32>i, S_RAMP);
}

/** Where a tile has its pixel (x, y), in bytes of a plane: quad number b has row b & 15 and columns from 4 (b >> 4). */
@inline
export function pixelOffset(x: i32, y: i32): usize {
  return (<usize>((((x >> 2) << 4) | y) << 4)) | ((<usize>(x & 3)) << 2);
}

/** Where the constants of quad b's row lie, before S_ROW_SHEAR, S_ROW_HEIGHT and S_ROW_DY. */
@inline
export function rowOf(b: usize, scratch: usize): usize {
  return scratch + ((b & 15) << 2);
}

/** The columns of quad b: 0 … 3, 4 … 7, 8 … 11 or 12 … 15. */
@inline
export function columnsOf(b: usize, scratch: usize): v128 {
  return v128.load(scratch + (b & 48), S_RAMP);
}

/**
 * Bit b is set where quad b may see alpha above the cut. (mx, my) is the centre in pixels from the centre of the tile's
 * first pixel. Leaves each row's constants in the scratch: with column x, log2(alpha) = height - (L11 x + shear)². That
 * is above -65 in all of such a quad: a pixel of it is within three of the ellipse, where it is above -8, and the
 * low-pass keeps L11 below 1.6.
 */
@inline
export function touchedQuads(record: usize, mx: f32, my: f32, scratch: usize): u64 {
  const l11mx = f32x4.splat(-load<f32>(record, R_L11) * mx),
    l21 = v128.load32_splat(record, R_L21),
    l22 = v128.load32_splat(record, R_L22);
  const inverse = v128.load32_splat(record, R_INVERSE_L11),
    cut = v128.load32_splat(record, R_CUT),
    top = v128.load32_splat(record, R_LOG2_OPACITY);
  const m = f32x4.splat(my);
  const half0 = rows(0, l11mx, l21, l22, cut, top, m, scratch),
    half1 = rows(16, l11mx, l21, l22, cut, top, m, scratch);
  const half2 = rows(32, l11mx, l21, l22, cut, top, m, scratch),
    half3 = rows(48, l11mx, l21, l22, cut, top, m, scratch);
  const shear0 = v128.load(scratch, S_ROW_SHEAR),
    shear1 = v128.load(scratch + 16, S_ROW_SHEAR);
  const shear2 = v128.load(scratch + 32, S_ROW_SHEAR),
    shear3 = v128.load(scratch + 48, S_ROW_SHEAR);
  const right0 = f32x4.mul(f32x4.sub(half0, shear0), inverse),
    right1 = f32x4.mul(f32x4.sub(half1, shear1), inverse);
  const right2 = f32x4.mul(f32x4.sub(half2, shear2), inverse),
    right3 = f32x4.mul(f32x4.sub(half3, shear3), inverse);
  const back = f32x4.neg(inverse);
  const left0 = f32x4.mul(f32x4.add(half0, shear0), back),
    left1 = f32x4.mul(f32x4.add(half1, shear1), back);
  const left2 = f32x4.mul(f32x4.add(half2, shear2), back),
    left3 = f32x4.mul(f32x4.add(half3, shear3), back);
  return (
    (<u64>column(f32x4.splat(0), v128.load(K_COLUMN_3), left0, left1, left2, left3, right0, right1, right2, right3)) |
    ((<u64>(
      column(v128.load(K_COLUMN_4), v128.load(K_COLUMN_7), left0, left1, left2, left3, right0, right1, right2, right3)
    )) <<
      16) |
    ((<u64>(
      column(v128.load(K_COLUMN_8), v128.load(K_COLUMN_11), left0, left1, left2, left3, right0, right1, right2, right3)
    )) <<
      32) |
    ((<u64>(
      column(v128.load(K_COLUMN_12), v128.load(K_COLUMN_15), left0, left1, left2, left3, right0, right1, right2, right3)
    )) <<
      48)
  );
}

/**
 * Leaves the constants of four rows in the scratch; half the width of the ellipse there, times L11. Not a number where
 * they miss it, which compares false.
 */
@inline
function rows(at: usize, l11mx: v128, l21: v128, l22: v128, cut: v128, top: v128, my: v128, scratch: usize): v128 {
  const dy = f32x4.sub(v128.load(scratch + at, S_RAMP), my);
  const v = f32x4.mul(l22, dy),
    drop = f32x4.mul(v, v);
  v128.store(scratch + at, madd(l21, dy, l11mx), S_ROW_SHEAR);
  v128.store(scratch + at, f32x4.sub(top, drop), S_ROW_HEIGHT);
  v128.store(scratch + at, dy, S_ROW_DY);
  return f32x4.sqrt(f32x4.sub(cut, drop));
}

/** The rows in which four columns are touched, a bit each. */
@inline
function column(
  first: v128,
  last: v128,
  left0: v128,
  left1: v128,
  left2: v128,
  left3: v128,
  right0: v128,
  right1: v128,
  right2: v128,
  right3: v128,
): u32 {
  return i8x16.bitmask(
    i8x16.narrow_i16x8_s(
      i16x8.narrow_i32x4_s(between(left0, last, first, right0), between(left1, last, first, right1)),
      i16x8.narrow_i32x4_s(between(left2, last, first, right2), between(left3, last, first, right3)),
    ),
  );
}

@inline
function between(left: v128, last: v128, first: v128, right: v128): v128 {
  return v128.and(f32x4.le(left, last), f32x4.ge(right, first));
}
