// Real spherical harmonics of degrees 1 … 3 and their slopes, in f64, into a thread's scratch: the terms of
// `spherical-harmonics.ts`.
import {
  S_HARMONIC_SLOPES,
  S_HARMONICS,
  SH_1,
  SH_2_XX,
  SH_2_XY,
  SH_2_ZZ,
  SH_3_0,
  SH_3_1,
  SH_3_2,
  SH_3_3,
  SH_3_5,
} from '../layout';

@inline
function put(scratch: usize, k: i32, y: f64, x0: f64, y0: f64, z0: f64): void {
  const slope = scratch + <usize>k * 24;
  store<f64>(scratch + ((<usize>k) << 3), y, S_HARMONICS);
  store<f64>(slope, x0, S_HARMONIC_SLOPES);
  store<f64>(slope, y0, S_HARMONIC_SLOPES + 8);
  store<f64>(slope, z0, S_HARMONIC_SLOPES + 16);
}

/** Leaves the first `rest` of Y₁₋₁ … Y₃₃ at a unit direction, and dY/d(x, y, z), in the scratch. */
export function harmonicsAt(x: f64, y: f64, z: f64, rest: i32, scratch: usize): void {
  put(scratch, 0, -SH_1 * y, 0, -SH_1, 0);
  put(scratch, 1, SH_1 * z, 0, 0, SH_1);
  put(scratch, 2, -SH_1 * x, -SH_1, 0, 0);
  if (rest <= 3) return;
  const xx = x * x,
    yy = y * y,
    zz = z * z;
  put(scratch, 3, SH_2_XY * x * y, SH_2_XY * y, SH_2_XY * x, 0);
  put(scratch, 4, -SH_2_XY * y * z, 0, -SH_2_XY * z, -SH_2_XY * y);
  put(scratch, 5, SH_2_ZZ * (2.0 * zz - xx - yy), -2.0 * SH_2_ZZ * x, -2.0 * SH_2_ZZ * y, 4.0 * SH_2_ZZ * z);
  put(scratch, 6, -SH_2_XY * x * z, -SH_2_XY * z, 0, -SH_2_XY * x);
  put(scratch, 7, SH_2_XX * (xx - yy), 2.0 * SH_2_XX * x, -2.0 * SH_2_XX * y, 0);
  if (rest <= 8) return;
  put(scratch, 8, -SH_3_0 * y * (3.0 * xx - yy), -6.0 * SH_3_0 * x * y, -3.0 * SH_3_0 * (xx - yy), 0);
  put(scratch, 9, SH_3_1 * x * y * z, SH_3_1 * y * z, SH_3_1 * x * z, SH_3_1 * x * y);
  put(
    scratch,
    10,
    -SH_3_2 * y * (4.0 * zz - xx - yy),
    2.0 * SH_3_2 * x * y,
    -SH_3_2 * (4.0 * zz - xx - 3.0 * yy),
    -8.0 * SH_3_2 * y * z,
  );
  put(
    scratch,
    11,
    SH_3_3 * z * (2.0 * zz - 3.0 * xx - 3.0 * yy),
    -6.0 * SH_3_3 * x * z,
    -6.0 * SH_3_3 * y * z,
    3.0 * SH_3_3 * (2.0 * zz - xx - yy),
  );
  put(
    scratch,
    12,
    -SH_3_2 * x * (4.0 * zz - xx - yy),
    -SH_3_2 * (4.0 * zz - 3.0 * xx - yy),
    2.0 * SH_3_2 * x * y,
    -8.0 * SH_3_2 * x * z,
  );
  put(scratch, 13, SH_3_5 * z * (xx - yy), 2.0 * SH_3_5 * x * z, -2.0 * SH_3_5 * y * z, SH_3_5 * (xx - yy));
  put(scratch, 14, -SH_3_0 * x * (xx - 3.0 * yy), -3.0 * SH_3_0 * (xx - yy), 6.0 * SH_3_0 * x * y, 0);
}
