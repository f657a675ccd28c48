// Project Gaussians to the image plane and find the tiles each reaches.
// reads: means, quats, logScales, opacityLogits, colors, shRest; writes: records, tile counts, depth keys (in P_KEYS_B,
// by Gaussian)
import { countTiles } from './ellipse-tiles.as';
import { det, plainDet, toCamera, toImage, tx, ty, tz, xx, xy, yy } from './geometry.as';
import { harmonicsAt } from './harmonics.as';
import {
  C_BAD,
  C_COMPENSATE,
  C_COUNT,
  C_SH_REST,
  CHUNK,
  CUT_SLACK,
  D_CX,
  D_CY,
  D_EYE,
  D_FX,
  D_FY,
  D_NEAR,
  LOG2_ALPHA_CUT_INVERSE,
  P_COLORS,
  P_KEYS_B,
  P_LOG_SCALES,
  P_MEANS,
  P_OPACITY_LOGITS,
  P_QUATS,
  P_RECORDS,
  P_SH_REST,
  P_TILE_COUNTS,
  QUAT_MIN,
  R_BLUE,
  R_CUT,
  R_DEPTH,
  R_EXTENT_Y,
  R_GREEN,
  R_INVERSE_L11,
  R_L11,
  R_L21,
  R_L22,
  R_LOG2_OPACITY,
  R_MX,
  R_MY,
  R_RED,
  RECORD_BYTES,
  S_HARMONICS,
} from '../layout';
import { address, exp64, log2of } from './math.as';

/** sqrt(log2(e) / 2): scales a Cholesky factor of the conic so that the exponent is base 2 and needs no half */
const SQRT_HALF_LOG2E: f64 = 0.8493218002880191;

/** One chunk: CHUNK Gaussians. */
export function projectChunk(chunk: i32, scratch: usize): void {
  const count = load<i32>(C_COUNT);
  const end = min(count, (chunk + 1) * CHUNK);
  for (let g = chunk * CHUNK; g < end; g++) projectGaussian(g, scratch);
}

function noteBad(g: i32): void {
  let seen = atomic.load<i32>(C_BAD);
  while (g < seen) seen = atomic.cmpxchg<i32>(C_BAD, seen, g);
}

/** Σ of shRest of one Gaussian: not finite when one of them is not. */
function sumOfRest(i: usize, rest: i32): f64 {
  const coefficients = address(P_SH_REST) + i * <usize>rest * 12;
  let sum: f64 = 0;
  for (let k = 0; k < 3 * rest; k++) sum += <f64>load<f32>(coefficients + ((<usize>k) << 2));
  return sum;
}

/** Adds what the direction makes of the harmonics, and clamps at 0. */
function addHarmonics(i: usize, rest: i32, record: usize, scratch: usize): void {
  const mean = address(P_MEANS) + i * 12,
    E = <usize>D_EYE;
  const x = <f64>load<f32>(mean) - load<f64>(E),
    y = <f64>load<f32>(mean, 4) - load<f64>(E, 8),
    z = <f64>load<f32>(mean, 8) - load<f64>(E, 16);
  const inverse = 1.0 / Math.sqrt(x * x + y * y + z * z);
  harmonicsAt(x * inverse, y * inverse, z * inverse, rest, scratch);
  const coefficients = address(P_SH_REST) + i * <usize>rest * 12;
  let red = <f64>load<f32>(record, R_RED),
    green = <f64>load<f32>(record, R_GREEN),
    blue = <f64>load<f32>(record, R_BLUE);
  for (let k: usize = 0; k < <usize>rest; k++) {
    const basis = load<f64>(scratch + (k << 3), S_HARMONICS),
      at = coefficients + k * 12;
    red += basis * <f64>load<f32>(at);
    green += basis * <f64>load<f32>(at, 4);
    blue += basis * <f64>load<f32>(at, 8);
  }
  store<f32>(record, <f32>Math.max(0, red), R_RED);
  store<f32>(record, <f32>Math.max(0, green), R_GREEN);
  store<f32>(record, <f32>Math.max(0, blue), R_BLUE);
}

function projectGaussian(g: i32, scratch: usize): void {
  const i = <usize>g;
  const mean = address(P_MEANS) + i * 12;
  const quat = address(P_QUATS) + i * 16;
  const scale = address(P_LOG_SCALES) + i * 12;
  const color = address(P_COLORS) + i * 12;
  const record = address(P_RECORDS) + i * RECORD_BYTES;
  const counts = address(P_TILE_COUNTS) + i * 4;
  store<i32>(counts, 0);

  const x = <f64>load<f32>(mean),
    y = <f64>load<f32>(mean, 4),
    z = <f64>load<f32>(mean, 8);
  const q0 = <f64>load<f32>(quat),
    q1 = <f64>load<f32>(quat, 4),
    q2 = <f64>load<f32>(quat, 8),
    q3 = <f64>load<f32>(quat, 12);
  const ls0 = <f64>load<f32>(scale),
    ls1 = <f64>load<f32>(scale, 4),
    ls2 = <f64>load<f32>(scale, 8);
  const logit = <f64>load<f32>(address(P_OPACITY_LOGITS) + i * 4);
  const red = load<f32>(color),
    green = load<f32>(color, 4),
    blue = load<f32>(color, 8);
  const squared = q0 * q0 + q1 * q1 + q2 * q2 + q3 * q3;
  // A sum of finite f32 in f64 cannot overflow, so it is not finite exactly when one of its terms is not.
  const sum = x + y + z + squared + ls0 + ls1 + ls2 + logit + <f64>red + <f64>green + <f64>blue;
  const rest = load<i32>(C_SH_REST);
  const restSum = rest > 0 ? sumOfRest(i, rest) : 0.0;
  if (!(sum - sum == 0.0) || !(restSum - restSum == 0.0) || squared < QUAT_MIN) {
    noteBad(g);
    return;
  }

  toCamera(i);
  if (!(tz > load<f64>(D_NEAR))) return;
  // opacity = 1 / (1 + e^-logit); below the cut even at its centre nothing is drawn
  let log2Opacity = -log2of(1.0 + exp64(-logit));
  let cut = log2Opacity + LOG2_ALPHA_CUT_INVERSE;
  if (!(cut >= 0.0)) return;
  toImage(i);
  if (!(det > 0.0) || !(det < 1e60)) return;
  if (load<i32>(C_COMPENSATE) != 0) {
    if (!(plainDet > 1e-290)) return;
    log2Opacity += 0.5 * (log2of(plainDet) - log2of(det));
    cut = log2Opacity + LOG2_ALPHA_CUT_INVERSE;
    if (!(cut >= 0.0)) return;
  }
  const mx = (load<f64>(D_FX) * tx) / tz + load<f64>(D_CX),
    my = (load<f64>(D_FY) * ty) / tz + load<f64>(D_CY);

  // Cholesky factor of the conic (xx, xy; xy, yy)⁻¹ = Lᵀ-form: a = yy/det, b = -xy/det, c = xx/det, and c - b²/a = 1/yy
  const l11 = Math.sqrt(yy / det) * SQRT_HALF_LOG2E;
  const l21 = (-xy / Math.sqrt(yy * det)) * SQRT_HALF_LOG2E;
  const l22 = SQRT_HALF_LOG2E / Math.sqrt(yy);

  store<f32>(record, <f32>mx, R_MX);
  store<f32>(record, <f32>my, R_MY);
  store<f32>(record, <f32>l11, R_L11);
  store<f32>(record, <f32>l21, R_L21);
  store<f32>(record, <f32>l22, R_L22);
  store<f32>(record, <f32>log2Opacity, R_LOG2_OPACITY);
  store<f32>(record, red, R_RED);
  store<f32>(record, green, R_GREEN);
  store<f32>(record, blue, R_BLUE);
  store<f32>(record, <f32>tz, R_DEPTH);
  store<f32>(record, <f32>(1.0 / l11), R_INVERSE_L11);
  store<f32>(record, <f32>(Math.sqrt(cut + CUT_SLACK) / l22), R_EXTENT_Y);
  store<f32>(record, <f32>(cut + CUT_SLACK), R_CUT);
  const tiles = countTiles(record);
  store<i32>(counts, tiles);
  if (tiles == 0) return;
  store<f32>(address(P_KEYS_B) + i * 4, <f32>tz);
  if (rest > 0) addHarmonics(i, rest, record, scratch);
}
