// Constants of the inner loops, in memory: what is written as a literal V8 makes anew at each use, of three
// instructions that no loop sheds.
import {
  ALPHA_CUT_INVERSE,
  ALPHA_MAX,
  K_ALPHA_CUT,
  K_ALPHA_MAX,
  K_COLUMN_11,
  K_COLUMN_12,
  K_COLUMN_15,
  K_COLUMN_3,
  K_COLUMN_4,
  K_COLUMN_7,
  K_COLUMN_8,
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
  K_EXP_1,
  K_EXP_2,
  K_EXP_3,
  K_EXP_4,
  K_EXP_5,
  K_EXP_ROUND,
  K_HALF,
  K_HALF_C1,
  K_HALF_C2,
  K_ONE,
  K_SIGN,
  K_STOP,
  TRANSMITTANCE_STOP,
} from '../layout';

/** Once, before the first job. */
export function writeConstants(): void {
  put(K_ONE, 1);
  put(K_ALPHA_MAX, <f32>ALPHA_MAX);
  put(K_ALPHA_CUT, <f32>(1.0 / <f64>ALPHA_CUT_INVERSE));
  put(K_STOP, <f32>TRANSMITTANCE_STOP);
  // of exp2x4
  put(K_EXP_ROUND, 12582912);
  put(K_EXP_5, 1.32647e-3);
  put(K_EXP_4, 9.67151e-3);
  put(K_EXP_3, 5.550734e-2);
  put(K_EXP_2, 0.24022242);
  put(K_EXP_1, 0.69314698);
  // of exp64x2: log2 e, ln 2 in two parts, what leaves the nearest integer in the low bits, 1 / n!
  put64(K_EXP64_RATE, 1.4426950408889634);
  put64(K_EXP64_HIGH, 6.9314718036912381649e-1);
  put64(K_EXP64_LOW, 1.90821492927058770002e-10);
  put64(K_EXP64_ROUND, 6755399441055744);
  put64(K_EXP64_11, 1.0 / 39916800.0);
  put64(K_EXP64_10, 1.0 / 3628800.0);
  put64(K_EXP64_9, 1.0 / 362880.0);
  put64(K_EXP64_8, 1.0 / 40320.0);
  put64(K_EXP64_7, 1.0 / 5040.0);
  put64(K_EXP64_6, 1.0 / 720.0);
  put64(K_EXP64_5, 1.0 / 120.0);
  put64(K_EXP64_4, 1.0 / 24.0);
  put64(K_EXP64_3, 1.0 / 6.0);
  put64(K_EXP64_2, 0.5);
  put64(K_EXP64_ONE, 1);
  // columns of a tile where quads begin and end
  put(K_COLUMN_3, 3);
  put(K_COLUMN_4, 4);
  put(K_COLUMN_7, 7);
  put(K_COLUMN_8, 8);
  put(K_COLUMN_11, 11);
  put(K_COLUMN_12, 12);
  put(K_COLUMN_15, 15);
  // of the image loss: half the constants of SSIM for a range of 1 (K1 = 0.01, K2 = 0.03), and the bit of the sign
  put(K_HALF, 0.5);
  put(K_HALF_C1, 0.00005);
  put(K_HALF_C2, 0.00045);
  put(K_SIGN, -0.0);
}

function put(at: usize, value: f32): void {
  v128.store(at, f32x4.splat(value));
}

function put64(at: usize, value: f64): void {
  v128.store(at, f64x2.splat(value));
}
