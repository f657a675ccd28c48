import { LOW_PASS } from '../layout.ts';
import type { Camera } from '../scene.ts';
import { viewLimits } from '../view-limits.ts';
import type { ReferenceGradients, SceneNumbers } from './scene-numbers.ts';

type Vector = readonly number[];
/** rows */
type Matrix = readonly Vector[];

function product(a: Matrix, b: Matrix): number[][] {
  return a.map((row) => b[0].map((_, j) => row.reduce((sum, value, k) => sum + value * b[k][j], 0)));
}

function transpose(a: Matrix): number[][] {
  return a[0].map((_, j) => a.map((row) => row[j]));
}

function rotationOfCamera(camera: Camera): number[][] {
  const m = camera.worldToCamera;
  return [0, 4, 8].map((at) => [m[at], m[at + 1], m[at + 2]]);
}

/** Centre of Gaussian `index` in camera space: W mean + t. */
export function cameraCentre(gaussians: SceneNumbers, camera: Camera, index: number): number[] {
  const mean = Array.from(gaussians.means.subarray(3 * index, 3 * index + 3));
  return rotationOfCamera(camera).map(
    (row, i) => row[0] * mean[0] + row[1] * mean[1] + row[2] * mean[2] + camera.worldToCamera[4 * i + 3],
  );
}

/** R of a unit quaternion wxyz. */
function rotation([w, x, y, z]: Vector): number[][] {
  return [
    [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
    [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
    [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
  ];
}

/** dR/dq of `rotation`, one matrix for each of w, x, y, z. */
function rotationSlopes([w, x, y, z]: Vector): Matrix[] {
  return [
    [
      [0, -2 * z, 2 * y],
      [2 * z, 0, -2 * x],
      [-2 * y, 2 * x, 0],
    ],
    [
      [0, 2 * y, 2 * z],
      [2 * y, -4 * x, -2 * w],
      [2 * z, 2 * w, -4 * x],
    ],
    [
      [-4 * y, 2 * x, 2 * w],
      [2 * x, 0, 2 * z],
      [-2 * w, 2 * z, -4 * y],
    ],
    [
      [-4 * z, -2 * w, 2 * x],
      [2 * w, -4 * z, 2 * y],
      [2 * x, 2 * y, 0],
    ],
  ];
}

/** The steps of the projection of one Gaussian. */
function steps(gaussians: SceneNumbers, camera: Camera, index: number) {
  const given = Array.from(gaussians.quats.subarray(4 * index, 4 * index + 4));
  const length = Math.hypot(...given);
  const unit = given.map((q) => q / length);
  const scales = Array.from(gaussians.logScales.subarray(3 * index, 3 * index + 3), Math.exp);
  const R = rotation(unit);
  /** R S */
  const M = R.map((row) => row.map((value, j) => value * scales[j]));
  const [x, y, z] = cameraCentre(gaussians, camera, index);
  const limits = viewLimits(camera);
  const slopeX = Math.max(limits.xLow, Math.min(limits.xHigh, x / z));
  const slopeY = Math.max(limits.yLow, Math.min(limits.yHigh, y / z));
  const J = [
    [camera.fx / z, 0, (-camera.fx * slopeX) / z],
    [0, camera.fy / z, (-camera.fy * slopeY) / z],
  ];
  const W = rotationOfCamera(camera);
  /** J W */
  const T = product(J, W);
  /** T M, so that Σ' = B Bᵀ + low-pass */
  const B = product(T, M);
  return {
    unit,
    length,
    scales,
    M,
    W,
    T,
    B,
    x,
    y,
    z,
    slopeX,
    slopeY,
    insideX: slopeX === x / z,
    insideY: slopeY === y / z,
  };
}

/**
 * Σ' = J W Σ Wᵀ Jᵀ + 0.3 I in pixels² (Zwicker et al. 2001; Kerbl et al. 2023), and what it was without the low-pass.
 */
export type ProjectedCovariance = {
  readonly xx: number;
  readonly xy: number;
  readonly yy: number;
  readonly det: number;
  /**
   * √(|Σ| / |Σ + 0.3 I|) of the plane's Σ: the share of the opacity that the low-pass should leave (Yu et al. 2024,
   * Mip-Splatting's screen-space filter)
   */
  readonly compensation: number;
  /** Σ⁻¹ without the low-pass: xx, xy, yy; not finite where it has none */
  readonly plainInverse: readonly [number, number, number];
};

/** See `ProjectedCovariance`. */
export function projectedCovariance(gaussians: SceneNumbers, camera: Camera, index: number): ProjectedCovariance {
  const { B } = steps(gaussians, camera, index);
  const [[pxx, xy], [, pyy]] = product(B, transpose(B));
  const [xx, yy] = [pxx + LOW_PASS, pyy + LOW_PASS];
  const det = xx * yy - xy * xy;
  // |B Bᵀ| as a sum of squares (Cauchy and Binet), which does not cancel for needles
  const [u, v] = B;
  const plain = (u[0] * v[1] - u[1] * v[0]) ** 2 + (u[0] * v[2] - u[2] * v[0]) ** 2 + (u[1] * v[2] - u[2] * v[1]) ** 2;
  return {
    xx,
    xy,
    yy,
    det,
    compensation: Math.sqrt(plain / det),
    plainInverse: [pyy / plain, -xy / plain, pxx / plain],
  };
}

/**
 * Carries dL/dΣ' (xx, one of the two xy, yy), dL/dcentre in pixels and dL/ddepth back to mean, quaternion and log
 * scales, and stores them.
 */
export function projectionGradient(
  gaussians: SceneNumbers,
  camera: Camera,
  index: number,
  [hxx, hxy, hyy]: readonly [number, number, number],
  [gx, gy]: readonly [number, number],
  byDepth: number,
  into: Pick<ReferenceGradients, 'means' | 'quats' | 'logScales'>,
): void {
  const { unit, length, scales, M, W, T, B, x, y, z, slopeX, slopeY, insideX, insideY } = steps(
    gaussians,
    camera,
    index,
  );
  const dB = product(
    [
      [2 * hxx, 2 * hxy],
      [2 * hxy, 2 * hyy],
    ],
    B,
  );
  const dT = product(dB, transpose(M));
  const dM = product(transpose(T), dB);

  for (let j = 0; j < 3; j++) into.logScales[3 * index + j] = dM.reduce((sum, row, i) => sum + row[j] * M[i][j], 0);

  const dUnit = rotationSlopes(unit).map((slope) =>
    slope.reduce((sum, row, i) => sum + row.reduce((s, value, j) => s + value * dM[i][j] * scales[j], 0), 0),
  );
  const along = dUnit.reduce((sum, value, k) => sum + value * unit[k], 0);
  for (let k = 0; k < 4; k++) into.quats[4 * index + k] = (dUnit[k] - along * unit[k]) / length;

  const dJ = product(dT, transpose(W));
  const { fx, fy } = camera;
  // J = [fx / z, 0, -fx slopeX / z; 0, fy / z, -fy slopeY / z]
  const bySlopeX = insideX ? (-fx / z) * dJ[0][2] : 0;
  const bySlopeY = insideY ? (-fy / z) * dJ[1][2] : 0;
  const dx = (gx * fx + bySlopeX) / z;
  const dy = (gy * fy + bySlopeY) / z;
  const dz =
    byDepth +
    (-gx * fx * x -
      gy * fy * y -
      bySlopeX * x -
      bySlopeY * y -
      fx * dJ[0][0] -
      fy * dJ[1][1] +
      fx * slopeX * dJ[0][2] +
      fy * slopeY * dJ[1][2]) /
      (z * z);
  for (let j = 0; j < 3; j++) into.means[3 * index + j] = W[0][j] * dx + W[1][j] * dy + W[2][j] * dz;
}
