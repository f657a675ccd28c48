// What the projection of one Gaussian and its derivative both need, in f64: the conic of a thin Gaussian is a small
// difference of large numbers. The results are WebAssembly globals, of which every thread has its own.
import {
  D_FX,
  D_FY,
  D_LIMIT_X_HIGH,
  D_LIMIT_X_LOW,
  D_LIMIT_Y_HIGH,
  D_LIMIT_Y_LOW,
  D_WORLD_TO_CAMERA,
  LOW_PASS,
  P_LOG_SCALES,
  P_MEANS,
  P_QUATS,
} from '../layout';
import { address, exp64, exp64x2 } from './math.as';

/** centre in camera space */
export let tx: f64 = 0,
  ty: f64 = 0,
  tz: f64 = 0;
/** unit quaternion and the inverse length of the given one */
export let qw: f64 = 0,
  qx: f64 = 0,
  qy: f64 = 0,
  qz: f64 = 0,
  inverseNorm: f64 = 0;
/** scales */
export let s0: f64 = 0,
  s1: f64 = 0,
  s2: f64 = 0;
/** M = R S: Σ = M Mᵀ */
export let m00: f64 = 0,
  m01: f64 = 0,
  m02: f64 = 0,
  m10: f64 = 0,
  m11: f64 = 0,
  m12: f64 = 0,
  m20: f64 = 0,
  m21: f64 = 0,
  m22: f64 = 0;
/** x/z and y/z where the Jacobian is taken: inside the grown view */
export let ux: f64 = 0,
  uy: f64 = 0;
/** T = J W (2x3) */
export let t00: f64 = 0,
  t01: f64 = 0,
  t02: f64 = 0,
  t10: f64 = 0,
  t11: f64 = 0,
  t12: f64 = 0;
/** B = T M (2x3): Σ' = B Bᵀ + low-pass */
export let b00: f64 = 0,
  b01: f64 = 0,
  b02: f64 = 0,
  b10: f64 = 0,
  b11: f64 = 0,
  b12: f64 = 0;
/** Σ' in pixels² and its determinant */
export let xx: f64 = 0,
  xy: f64 = 0,
  yy: f64 = 0,
  det: f64 = 0;
/** the determinant without the low-pass, as a sum of squares (Cauchy and Binet) */
export let plainDet: f64 = 0;

/** Sets tx, ty, tz: W mean + t. */
export function toCamera(g: usize): void {
  const mean = address(P_MEANS) + g * 12;
  const x = <f64>load<f32>(mean),
    y = <f64>load<f32>(mean, 4),
    z = <f64>load<f32>(mean, 8);
  const W = <usize>D_WORLD_TO_CAMERA;
  tx = load<f64>(W) * x + load<f64>(W, 8) * y + load<f64>(W, 16) * z + load<f64>(W, 24);
  ty = load<f64>(W, 32) * x + load<f64>(W, 40) * y + load<f64>(W, 48) * z + load<f64>(W, 56);
  tz = load<f64>(W, 64) * x + load<f64>(W, 72) * y + load<f64>(W, 80) * z + load<f64>(W, 88);
}

/**
 * Sets all the rest: Σ' = J W Σ Wᵀ Jᵀ + low-pass (Zwicker et al. 2001; Kerbl et al. 2023). After toCamera, with tz > 0.
 */
export function toImage(g: usize): void {
  const quat = address(P_QUATS) + g * 16,
    scale = address(P_LOG_SCALES) + g * 12;
  const q0 = <f64>load<f32>(quat),
    q1 = <f64>load<f32>(quat, 4),
    q2 = <f64>load<f32>(quat, 8),
    q3 = <f64>load<f32>(quat, 12);
  const inverse = 1.0 / Math.sqrt(q0 * q0 + q1 * q1 + q2 * q2 + q3 * q3);
  const w = q0 * inverse,
    x = q1 * inverse,
    y = q2 * inverse,
    z = q3 * inverse;
  const e01 = exp64x2(f64x2.promote_low_f32x4(v128.load64_zero(scale)));
  const e0 = f64x2.extract_lane(e01, 0),
    e1 = f64x2.extract_lane(e01, 1),
    e2 = exp64(<f64>load<f32>(scale, 8));
  const a00 = (1.0 - 2.0 * (y * y + z * z)) * e0,
    a01 = 2.0 * (x * y - w * z) * e1,
    a02 = 2.0 * (x * z + w * y) * e2;
  const a10 = 2.0 * (x * y + w * z) * e0,
    a11 = (1.0 - 2.0 * (x * x + z * z)) * e1,
    a12 = 2.0 * (y * z - w * x) * e2;
  const a20 = 2.0 * (x * z - w * y) * e0,
    a21 = 2.0 * (y * z + w * x) * e1,
    a22 = (1.0 - 2.0 * (x * x + y * y)) * e2;

  const W = <usize>D_WORLD_TO_CAMERA;
  const fx = load<f64>(D_FX),
    fy = load<f64>(D_FY),
    iz = 1.0 / tz;
  const vx = Math.max(load<f64>(D_LIMIT_X_LOW), Math.min(load<f64>(D_LIMIT_X_HIGH), tx * iz));
  const vy = Math.max(load<f64>(D_LIMIT_Y_LOW), Math.min(load<f64>(D_LIMIT_Y_HIGH), ty * iz));
  const j00 = fx * iz,
    j02 = -fx * iz * vx,
    j11 = fy * iz,
    j12 = -fy * iz * vy;
  const w20 = load<f64>(W, 64),
    w21 = load<f64>(W, 72),
    w22 = load<f64>(W, 80);
  const c00 = j00 * load<f64>(W) + j02 * w20,
    c01 = j00 * load<f64>(W, 8) + j02 * w21,
    c02 = j00 * load<f64>(W, 16) + j02 * w22;
  const c10 = j11 * load<f64>(W, 32) + j12 * w20,
    c11 = j11 * load<f64>(W, 40) + j12 * w21,
    c12 = j11 * load<f64>(W, 48) + j12 * w22;
  const d00 = c00 * a00 + c01 * a10 + c02 * a20,
    d01 = c00 * a01 + c01 * a11 + c02 * a21,
    d02 = c00 * a02 + c01 * a12 + c02 * a22;
  const d10 = c10 * a00 + c11 * a10 + c12 * a20,
    d11 = c10 * a01 + c11 * a11 + c12 * a21,
    d12 = c10 * a02 + c11 * a12 + c12 * a22;
  const pxx = d00 * d00 + d01 * d01 + d02 * d02 + LOW_PASS,
    pxy = d00 * d10 + d01 * d11 + d02 * d12;
  const pyy = d10 * d10 + d11 * d11 + d12 * d12 + LOW_PASS;

  inverseNorm = inverse;
  qw = w;
  qx = x;
  qy = y;
  qz = z;
  s0 = e0;
  s1 = e1;
  s2 = e2;
  m00 = a00;
  m01 = a01;
  m02 = a02;
  m10 = a10;
  m11 = a11;
  m12 = a12;
  m20 = a20;
  m21 = a21;
  m22 = a22;
  ux = vx;
  uy = vy;
  t00 = c00;
  t01 = c01;
  t02 = c02;
  t10 = c10;
  t11 = c11;
  t12 = c12;
  b00 = d00;
  b01 = d01;
  b02 = d02;
  b10 = d10;
  b11 = d11;
  b12 = d12;
  xx = pxx;
  xy = pxy;
  yy = pyy;
  det = pxx * pyy - pxy * pxy;
  const n0 = d00 * d11 - d01 * d10,
    n1 = d00 * d12 - d02 * d10,
    n2 = d01 * d12 - d02 * d11;
  plainDet = n0 * n0 + n1 * n1 + n2 * n2;
}
