import { SH_1, SH_2_XX, SH_2_XY, SH_2_ZZ, SH_3_0, SH_3_1, SH_3_2, SH_3_3, SH_3_5 } from './layout.ts';

/** Coefficients of one channel beyond degree 0, by degree 0 … 3: (D + 1)² - 1. */
export const SH_REST_COUNTS = [0, 3, 8, 15] as const;

/** Y₁₋₁ … Y₃₃ at a unit direction, 15 numbers, in the order of 3DGS. */
export function harmonics(x: number, y: number, z: number): number[] {
  const [xx, yy, zz] = [x * x, y * y, z * z];
  return [
    -SH_1 * y,
    SH_1 * z,
    -SH_1 * x,
    SH_2_XY * x * y,
    -SH_2_XY * y * z,
    SH_2_ZZ * (2 * zz - xx - yy),
    -SH_2_XY * x * z,
    SH_2_XX * (xx - yy),
    -SH_3_0 * y * (3 * xx - yy),
    SH_3_1 * x * y * z,
    -SH_3_2 * y * (4 * zz - xx - yy),
    SH_3_3 * z * (2 * zz - 3 * xx - 3 * yy),
    -SH_3_2 * x * (4 * zz - xx - yy),
    SH_3_5 * z * (xx - yy),
    -SH_3_0 * x * (xx - 3 * yy),
  ];
}

/** dYₖ/d(x, y, z) of `harmonics` as polynomials of x, y and z, 15 rows. */
export function harmonicSlopes(x: number, y: number, z: number): number[][] {
  const [xx, yy, zz] = [x * x, y * y, z * z];
  return [
    [0, -SH_1, 0],
    [0, 0, SH_1],
    [-SH_1, 0, 0],
    [SH_2_XY * y, SH_2_XY * x, 0],
    [0, -SH_2_XY * z, -SH_2_XY * y],
    [-2 * SH_2_ZZ * x, -2 * SH_2_ZZ * y, 4 * SH_2_ZZ * z],
    [-SH_2_XY * z, 0, -SH_2_XY * x],
    [2 * SH_2_XX * x, -2 * SH_2_XX * y, 0],
    [-6 * SH_3_0 * x * y, -3 * SH_3_0 * (xx - yy), 0],
    [SH_3_1 * y * z, SH_3_1 * x * z, SH_3_1 * x * y],
    [2 * SH_3_2 * x * y, -SH_3_2 * (4 * zz - xx - 3 * yy), -8 * SH_3_2 * y * z],
    [-6 * SH_3_3 * x * z, -6 * SH_3_3 * y * z, 3 * SH_3_3 * (2 * zz - xx - yy)],
    [-SH_3_2 * (4 * zz - 3 * xx - yy), 2 * SH_3_2 * x * y, -8 * SH_3_2 * x * z],
    [2 * SH_3_5 * x * z, -2 * SH_3_5 * y * z, SH_3_5 * (xx - yy)],
    [-3 * SH_3_0 * (xx - yy), 6 * SH_3_0 * x * y, 0],
  ];
}

/** Where a rigid camera stands in the world: -Rᵀ t. */
export function cameraPosition(worldToCamera: ArrayLike<number>): [number, number, number] {
  const m = worldToCamera;
  return [0, 1, 2].map((j) => -(m[j] * m[3] + m[4 + j] * m[7] + m[8 + j] * m[11])) as [number, number, number];
}
