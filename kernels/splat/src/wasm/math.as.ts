// Elementary functions. The standard library's own keep tables in memory, which threads sharing one memory would each
// initialise.
import {
  K_EXP_1,
  K_EXP_2,
  K_EXP_3,
  K_EXP_4,
  K_EXP_5,
  K_EXP64_10,
  K_EXP64_11,
  K_EXP64_2,
  K_EXP64_3,
  K_EXP64_4,
  K_EXP64_5,
  K_EXP64_6,
  K_EXP64_7,
  K_EXP64_8,
  K_EXP64_9,
  K_EXP64_HIGH,
  K_EXP64_LOW,
  K_EXP64_ONE,
  K_EXP64_RATE,
  K_EXP64_ROUND,
  K_EXP_ROUND,
  K_ONE,
} from '../layout';

/** a b + c of four numbers, with one rounding where the module is built with relaxed SIMD and the processor has it. */
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** c - a b, likewise. */
@inline
export function nmadd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_nmadd(a, b, c);
  return f32x4.sub(c, f32x4.mul(a, b));
}

/** a b + c of two numbers, with one rounding where the module is built with relaxed SIMD and the processor has it. */
@inline
function madd64(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f64x2.relaxed_madd(a, b, c);
  return f64x2.add(f64x2.mul(a, b), c);
}

/** e^x of two numbers, beyond ±700 as there; relative error below 1e-14. */
@inline
export function exp64x2(x: v128): v128 {
  x = f64x2.pmax(f64x2.splat(-700), f64x2.pmin(f64x2.splat(700), x));
  const magic = v128.load(K_EXP64_ROUND),
    shifted = f64x2.add(f64x2.mul(x, v128.load(K_EXP64_RATE)), magic);
  const n = f64x2.sub(shifted, magic);
  const r = f64x2.sub(f64x2.sub(x, f64x2.mul(n, v128.load(K_EXP64_HIGH))), f64x2.mul(n, v128.load(K_EXP64_LOW)));
  let p = madd64(v128.load(K_EXP64_11), r, v128.load(K_EXP64_10));
  p = madd64(p, r, v128.load(K_EXP64_9));
  p = madd64(p, r, v128.load(K_EXP64_8));
  p = madd64(p, r, v128.load(K_EXP64_7));
  p = madd64(p, r, v128.load(K_EXP64_6));
  p = madd64(p, r, v128.load(K_EXP64_5));
  p = madd64(p, r, v128.load(K_EXP64_4));
  p = madd64(p, r, v128.load(K_EXP64_3));
  p = madd64(p, r, v128.load(K_EXP64_2));
  p = madd64(p, r, v128.load(K_EXP64_ONE));
  p = madd64(p, r, v128.load(K_EXP64_ONE));
  return i64x2.add(p, i64x2.shl(shifted, 52));
}

/** e^x. */
@inline
export function exp64(x: f64): f64 {
  return f64x2.extract_lane(exp64x2(f64x2.splat(x)), 0);
}

/** log2(x) of a positive normal number; absolute error below 1e-12. */
@inline
export function log2of(x: f64): f64 {
  const bits = reinterpret<i64>(x);
  let exponent = <i32>((bits >> 52) - 1023);
  let m = reinterpret<f64>((bits & 0x000fffffffffffff) | 0x3ff0000000000000);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    exponent += 1;
  }
  const s = (m - 1.0) / (m + 1.0);
  const t = s * s;
  let p: f64 = 1.0 / 15.0;
  p = p * t + 1.0 / 13.0;
  p = p * t + 1.0 / 11.0;
  p = p * t + 1.0 / 9.0;
  p = p * t + 1.0 / 7.0;
  p = p * t + 0.2;
  p = p * t + 1.0 / 3.0;
  p = p * t + 1.0;
  return <f64>exponent + 2.0 * s * p * 1.4426950408889634;
}

/**
 * 2^x of four numbers in -126 .. 127; relative error below 2e-7 (minimax polynomial on -0.5 .. 0.5).
 * Adding 1.5 · 2^23 leaves the nearest integer in the low bits, from where a shift makes it an exponent.
 */
@inline
export function exp2x4(x: v128): v128 {
  const magic = v128.load(K_EXP_ROUND);
  const shifted = f32x4.add(x, magic);
  const f = f32x4.sub(x, f32x4.sub(shifted, magic));
  let p = madd(v128.load(K_EXP_5), f, v128.load(K_EXP_4));
  p = madd(p, f, v128.load(K_EXP_3));
  p = madd(p, f, v128.load(K_EXP_2));
  p = madd(p, f, v128.load(K_EXP_1));
  p = madd(p, f, v128.load(K_ONE));
  return i32x4.add(p, i32x4.shl(shifted, 23));
}

/** [Σa, Σb, Σc, Σd] */
@inline
export function sumsOf4(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}

/** Address held by a field of the control block. */
@inline
export function address(field: usize): usize {
  return <usize>load<u32>(field);
}
