// Add up what the tiles found for each Gaussian, in the order of its entries, and carry it through the projection to
// the parameters. reads: moments, parameters; writes: gradients of all N Gaussians
import {
  b00,
  b01,
  b02,
  b10,
  b11,
  b12,
  det,
  inverseNorm,
  m00,
  m01,
  m02,
  m10,
  m11,
  m12,
  m20,
  m21,
  m22,
  plainDet,
  qw,
  qx,
  qy,
  qz,
  s0,
  s1,
  s2,
  t00,
  t01,
  t02,
  t10,
  t11,
  t12,
  toCamera,
  toImage,
  tx,
  ty,
  tz,
  ux,
  uy,
  xx,
  xy,
  yy,
} from './geometry.as';
import { harmonicsAt } from './harmonics.as';
import {
  C_COMPENSATE,
  C_COUNT,
  C_SH_REST,
  C_WANT_GEOMETRY,
  CHUNK,
  D_EYE,
  D_FX,
  D_FY,
  D_LIMIT_X_HIGH,
  D_LIMIT_X_LOW,
  D_LIMIT_Y_HIGH,
  D_LIMIT_Y_LOW,
  D_WORLD_TO_CAMERA,
  LOW_PASS,
  M_BLUE,
  M_RED,
  M_V,
  M_VXY,
  M_VY,
  MOMENT_BYTES,
  P_GRAD_COLORS,
  P_GRAD_LOG_SCALES,
  P_GRAD_MEANS,
  P_GRAD_MEANS2D,
  P_GRAD_OPACITY_LOGITS,
  P_GRAD_QUATS,
  P_GRAD_SH_REST,
  P_MEANS,
  P_MOMENTS,
  P_OPACITY_LOGITS,
  P_RECORDS,
  P_SH_REST,
  P_STARTS,
  P_TILE_COUNTS,
  R_BLUE,
  R_GREEN,
  R_RED,
  RECORD_BYTES,
  S_HARMONIC_SLOPES,
  S_HARMONICS,
} from '../layout';
import { address, exp64 } from './math.as';

export function gatherChunk(chunk: i32, scratch: usize): void {
  const end = min(load<i32>(C_COUNT), (chunk + 1) * CHUNK);
  for (let g = chunk * CHUNK; g < end; g++) gather(<usize>g, scratch);
}

/** dL/dmean through the direction, of the last `throughHarmonics` */
let viaX: f64 = 0,
  viaY: f64 = 0,
  viaZ: f64 = 0;

/** Stores the gradient of the harmonics and sets viaX … viaZ. */
function throughHarmonics(g: usize, rest: i32, red: f64, green: f64, blue: f64, scratch: usize): void {
  const mean = address(P_MEANS) + g * 12,
    E = <usize>D_EYE;
  let x = <f64>load<f32>(mean) - load<f64>(E),
    y = <f64>load<f32>(mean, 4) - load<f64>(E, 8),
    z = <f64>load<f32>(mean, 8) - load<f64>(E, 16);
  const inverse = 1.0 / Math.sqrt(x * x + y * y + z * z);
  x *= inverse;
  y *= inverse;
  z *= inverse;
  harmonicsAt(x, y, z, rest, scratch);
  let coefficient = address(P_SH_REST) + g * <usize>rest * 12,
    out = address(P_GRAD_SH_REST) + g * <usize>rest * 12;
  let sx: f64 = 0,
    sy: f64 = 0,
    sz: f64 = 0;
  for (let k: usize = 0; k < <usize>rest; k++) {
    const basis = load<f64>(scratch + (k << 3), S_HARMONICS),
      slope = scratch + k * 24;
    store<f32>(out, <f32>(basis * red));
    store<f32>(out, <f32>(basis * green), 4);
    store<f32>(out, <f32>(basis * blue), 8);
    const toward =
      <f64>load<f32>(coefficient) * red +
      <f64>load<f32>(coefficient, 4) * green +
      <f64>load<f32>(coefficient, 8) * blue;
    sx += load<f64>(slope, S_HARMONIC_SLOPES) * toward;
    sy += load<f64>(slope, S_HARMONIC_SLOPES + 8) * toward;
    sz += load<f64>(slope, S_HARMONIC_SLOPES + 16) * toward;
    coefficient += 12;
    out += 12;
  }
  const along = sx * x + sy * y + sz * z;
  viaX = (sx - along * x) * inverse;
  viaY = (sy - along * y) * inverse;
  viaZ = (sz - along * z) * inverse;
}

function gather(g: usize, scratch: usize): void {
  const dColor = address(P_GRAD_COLORS) + g * 12,
    dLogit = address(P_GRAD_OPACITY_LOGITS) + g * 4;
  const count = load<i32>(address(P_TILE_COUNTS) + (g << 2));
  const none = f64x2.splat(0);
  let sumV = none,
    sumVY = none,
    sumVXY = none,
    sumRed = none,
    sumBlue = none;
  if (count > 0) {
    let moment = address(P_MOMENTS) + <usize>load<i32>(address(P_STARTS) + (g << 2)) * MOMENT_BYTES;
    for (let k = 0; k < count; k++) {
      sumV = f64x2.add(sumV, f64x2.promote_low_f32x4(v128.load64_zero(moment, M_V)));
      sumVY = f64x2.add(sumVY, f64x2.promote_low_f32x4(v128.load64_zero(moment, M_VY)));
      sumVXY = f64x2.add(sumVXY, f64x2.promote_low_f32x4(v128.load64_zero(moment, M_VXY)));
      sumRed = f64x2.add(sumRed, f64x2.promote_low_f32x4(v128.load64_zero(moment, M_RED)));
      sumBlue = f64x2.add(sumBlue, f64x2.promote_low_f32x4(v128.load64_zero(moment, M_BLUE)));
      moment += MOMENT_BYTES;
    }
  }
  const v = f64x2.extract_lane(sumV, 0),
    vx = f64x2.extract_lane(sumV, 1),
    vy = f64x2.extract_lane(sumVY, 0),
    vxx = f64x2.extract_lane(sumVY, 1);
  const vxy = f64x2.extract_lane(sumVXY, 0),
    vyy = f64x2.extract_lane(sumVXY, 1),
    byDepth = f64x2.extract_lane(sumBlue, 1);
  let red = f64x2.extract_lane(sumRed, 0),
    green = f64x2.extract_lane(sumRed, 1),
    blue = f64x2.extract_lane(sumBlue, 0);
  const rest = load<i32>(C_SH_REST);
  if (rest > 0) {
    // clamped at 0: what is drawn no longer depends on it
    const record = address(P_RECORDS) + g * RECORD_BYTES;
    if (load<f32>(record, R_RED) <= 0) red = 0;
    if (load<f32>(record, R_GREEN) <= 0) green = 0;
    if (load<f32>(record, R_BLUE) <= 0) blue = 0;
  }
  store<f32>(dColor, <f32>red);
  store<f32>(dColor, <f32>green, 4);
  store<f32>(dColor, <f32>blue, 8);
  // α dL/dα summed is -v, and dα/dlogit = α (1 - opacity)
  store<f32>(dLogit, <f32>(-v / (1.0 + exp64(<f64>load<f32>(address(P_OPACITY_LOGITS) + (g << 2))))));
  if (load<i32>(C_WANT_GEOMETRY) == 0) return;

  const dMean = address(P_GRAD_MEANS) + g * 12,
    dQuat = address(P_GRAD_QUATS) + g * 16,
    dScale = address(P_GRAD_LOG_SCALES) + g * 12;
  const dMean2d = address(P_GRAD_MEANS2D) + g * 8;
  if (count == 0) {
    memory.fill(dMean, 0, 12);
    memory.fill(dQuat, 0, 16);
    memory.fill(dScale, 0, 12);
    memory.fill(dMean2d, 0, 8);
    if (rest > 0) memory.fill(address(P_GRAD_SH_REST) + g * <usize>rest * 12, 0, <usize>rest * 12);
    return;
  }
  toCamera(g);
  toImage(g);
  // conic K = Σ'⁻¹
  const ka = yy / det,
    kb = -xy / det,
    kc = xx / det;
  const gmx = -(ka * vx + kb * vy),
    gmy = -(kb * vx + kc * vy);
  store<f32>(dMean2d, <f32>gmx);
  store<f32>(dMean2d, <f32>gmy, 4);

  // dL/dK = ½ [vxx vxy; vxy vyy], dL/dΣ' = H = -K dL/dK K
  const n00 = ka * vxx + kb * vxy,
    n01 = ka * vxy + kb * vyy,
    n10 = kb * vxx + kc * vxy,
    n11 = kb * vxy + kc * vyy;
  let h00 = -0.5 * (n00 * ka + n01 * kb),
    h01 = -0.5 * (n00 * kb + n01 * kc),
    h11 = -0.5 * (n10 * kb + n11 * kc);
  if (load<i32>(C_COMPENSATE) != 0) {
    // log of the compensation = ½ log |Σ| - ½ log |Σ'|
    h00 -= 0.5 * v * ((yy - LOW_PASS) / plainDet - ka);
    h01 -= 0.5 * v * (-xy / plainDet - kb);
    h11 -= 0.5 * v * ((xx - LOW_PASS) / plainDet - kc);
  }
  // Σ' = B Bᵀ: dB = 2 H B, dT = dB Mᵀ, dM = Tᵀ dB
  const e00 = 2.0 * (h00 * b00 + h01 * b10),
    e01 = 2.0 * (h00 * b01 + h01 * b11),
    e02 = 2.0 * (h00 * b02 + h01 * b12);
  const e10 = 2.0 * (h01 * b00 + h11 * b10),
    e11 = 2.0 * (h01 * b01 + h11 * b11),
    e12 = 2.0 * (h01 * b02 + h11 * b12);
  const f00 = e00 * m00 + e01 * m01 + e02 * m02,
    f01 = e00 * m10 + e01 * m11 + e02 * m12,
    f02 = e00 * m20 + e01 * m21 + e02 * m22;
  const f10 = e10 * m00 + e11 * m01 + e12 * m02,
    f11 = e10 * m10 + e11 * m11 + e12 * m12,
    f12 = e10 * m20 + e11 * m21 + e12 * m22;

  // T = J W: dJ = dT Wᵀ, at the four places where J is not zero
  const W = <usize>D_WORLD_TO_CAMERA;
  const w00 = load<f64>(W),
    w01 = load<f64>(W, 8),
    w02 = load<f64>(W, 16);
  const w10 = load<f64>(W, 32),
    w11 = load<f64>(W, 40),
    w12 = load<f64>(W, 48);
  const w20 = load<f64>(W, 64),
    w21 = load<f64>(W, 72),
    w22 = load<f64>(W, 80);
  const dj00 = f00 * w00 + f01 * w01 + f02 * w02,
    dj02 = f00 * w20 + f01 * w21 + f02 * w22;
  const dj11 = f10 * w10 + f11 * w11 + f12 * w12,
    dj12 = f10 * w20 + f11 * w21 + f12 * w22;
  const fx = load<f64>(D_FX),
    fy = load<f64>(D_FY),
    iz = 1.0 / tz;
  let dtx = gmx * fx * iz,
    dty = gmy * fy * iz;
  let dtz = -iz * (dtx * tx + dty * ty) - iz * iz * (fx * (dj00 - ux * dj02) + fy * (dj11 - uy * dj12));
  if (byDepth != 0) dtz += byDepth;
  const px = tx * iz,
    py = ty * iz;
  if (px > load<f64>(D_LIMIT_X_LOW) && px < load<f64>(D_LIMIT_X_HIGH)) {
    const dux = -fx * iz * dj02 * iz;
    dtx += dux;
    dtz -= dux * px;
  }
  if (py > load<f64>(D_LIMIT_Y_LOW) && py < load<f64>(D_LIMIT_Y_HIGH)) {
    const duy = -fy * iz * dj12 * iz;
    dty += duy;
    dtz -= duy * py;
  }
  let gx = w00 * dtx + w10 * dty + w20 * dtz,
    gy = w01 * dtx + w11 * dty + w21 * dtz,
    gz = w02 * dtx + w12 * dty + w22 * dtz;
  if (rest > 0) {
    throughHarmonics(g, rest, red, green, blue, scratch);
    gx += viaX;
    gy += viaY;
    gz += viaZ;
  }
  store<f32>(dMean, <f32>gx);
  store<f32>(dMean, <f32>gy, 4);
  store<f32>(dMean, <f32>gz, 8);

  const a00 = t00 * e00 + t10 * e10,
    a01 = t00 * e01 + t10 * e11,
    a02 = t00 * e02 + t10 * e12;
  const a10 = t01 * e00 + t11 * e10,
    a11 = t01 * e01 + t11 * e11,
    a12 = t01 * e02 + t11 * e12;
  const a20 = t02 * e00 + t12 * e10,
    a21 = t02 * e01 + t12 * e11,
    a22 = t02 * e02 + t12 * e12;
  store<f32>(dScale, <f32>(a00 * m00 + a10 * m10 + a20 * m20));
  store<f32>(dScale, <f32>(a01 * m01 + a11 * m11 + a21 * m21), 4);
  store<f32>(dScale, <f32>(a02 * m02 + a12 * m12 + a22 * m22), 8);

  // M = R S: dR = dM S; then R of a unit quaternion, then the normalisation
  const r00 = a00 * s0,
    r01 = a01 * s1,
    r02 = a02 * s2,
    r10 = a10 * s0,
    r11 = a11 * s1,
    r12 = a12 * s2,
    r20 = a20 * s0,
    r21 = a21 * s1,
    r22 = a22 * s2;
  const dw = 2.0 * (qz * (r10 - r01) + qy * (r02 - r20) + qx * (r21 - r12));
  const dx = 2.0 * (qy * (r01 + r10) + qz * (r02 + r20) - 2.0 * qx * (r11 + r22) + qw * (r21 - r12));
  const dy = 2.0 * (qx * (r01 + r10) + qz * (r12 + r21) - 2.0 * qy * (r00 + r22) + qw * (r02 - r20));
  const dz = 2.0 * (qx * (r02 + r20) + qy * (r12 + r21) - 2.0 * qz * (r00 + r11) + qw * (r10 - r01));
  const along = dw * qw + dx * qx + dy * qy + dz * qz;
  store<f32>(dQuat, <f32>((dw - along * qw) * inverseNorm));
  store<f32>(dQuat, <f32>((dx - along * qx) * inverseNorm), 4);
  store<f32>(dQuat, <f32>((dy - along * qy) * inverseNorm), 8);
  store<f32>(dQuat, <f32>((dz - along * qz) * inverseNorm), 12);
}
