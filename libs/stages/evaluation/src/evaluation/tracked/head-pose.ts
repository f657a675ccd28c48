import { FACE } from '@soliloquy/whole-body/points';
import type { PersonTracks } from './person-tracks.ts';

/** Points that speech does not move, in MediaPipe's canonical face: number, and x right, y up, z to the camera, cm. */
const RIGID: readonly (readonly [number: number, x: number, y: number, z: number])[] = [
  [FACE.forehead, 0, 8.2618, 4.4815],
  [168, 0, 3.271, 5.236],
  [6, 0, 2.4733, 5.7886],
  [195, 0, 1.0594, 6.7746],
  [FACE.noseTip, 0, -1.1269, 7.4756],
  [FACE.rightEyeOuter, -4.4459, 2.664, 3.1734],
  [FACE.rightEyeInner, -1.8564, 2.5852, 3.7579],
  [FACE.leftEyeInner, 1.8564, 2.5852, 3.7579],
  [FACE.leftEyeOuter, 4.4459, 2.664, 3.1734],
  [127, -7.7431, 2.365, -2.0052],
  [356, 7.7431, 2.365, -2.0052],
  [FACE.rightEar, -7.6642, 0.6731, -2.4359],
  [FACE.leftEar, 7.6642, 0.6731, -2.4359],
];
/** The same about their mean, +x right, +y down, +z away. */
const MODEL = centered(RIGID.map(([, x, y, z]) => [x, -y, -z]));
/** (Σ X Xᵀ)⁻¹ of it, 3x3 */
const INVERSE = inverse3(
  [0, 1, 2].map((row) => [0, 1, 2].map((column) => MODEL.reduce((sum, point) => sum + point[row] * point[column], 0))),
);

/** Degrees at every frame, f64 [F]: to the right of the picture, chin down, clockwise in the picture. */
export interface HeadPose {
  readonly yaw: Float64Array;
  readonly pitch: Float64Array;
  readonly roll: Float64Array;
}

/**
 * How the head is turned: the scaled orthographic camera under which a rigid face is seen where the mesh has it. The
 * affine camera A = (Σ p Xᵀ)(Σ X Xᵀ)⁻¹ is the least-squares one (DeMenthon and Davis 1995), and (A Aᵀ)^−½ A are the
 * first two rows of the nearest rotation.
 */
export function headPose(person: PersonTracks): HeadPose {
  const paths = RIGID.map(([number]) => person.path('face', number));
  const angles = Array.from({ length: person.frames }, (_, frame) => {
    const seen = centered(paths.map(({ x, y }) => [x[frame], y[frame]]));
    const [right, down] = nearestRows([0, 1].map((axis) => affineRow(seen, axis)));
    // R = R_y(−yaw) R_x(pitch) R_z(roll), whose first two rows these are; the third is their cross product.
    const depth = right[0] * down[1] - right[1] * down[0];
    const degrees = 180 / Math.PI;
    return {
      yaw: Math.atan2(-right[2], depth) * degrees,
      pitch: Math.asin(Math.max(-1, Math.min(1, -down[2]))) * degrees,
      roll: Math.atan2(down[0], down[1]) * degrees,
    };
  });
  const course = (axis: keyof HeadPose): Float64Array => Float64Array.from(angles, (angle) => angle[axis]);
  return { yaw: course('yaw'), pitch: course('pitch'), roll: course('roll') };
}

/** One row of the affine camera: the least-squares map of the model to one axis of the picture. */
function affineRow(seen: readonly (readonly number[])[], axis: number): number[] {
  const products = [0, 1, 2].map((k) => MODEL.reduce((sum, point, i) => sum + seen[i][axis] * point[k], 0));
  return [0, 1, 2].map((column) => products.reduce((sum, value, k) => sum + value * INVERSE[k][column], 0));
}

/** (A Aᵀ)^−½ A of two rows of three: they become of unit length and at right angles. */
function nearestRows([a, b]: readonly (readonly number[])[]): [number[], number[]] {
  const dot = (p: readonly number[], q: readonly number[]): number => p[0] * q[0] + p[1] * q[1] + p[2] * q[2];
  const [aa, ab, bb] = [dot(a, a), dot(a, b), dot(b, b)];
  // The root of a 2x2 matrix M is (M + √det · 1) / √(trace + 2 √det).
  const root = Math.sqrt(aa * bb - ab * ab);
  const scale = Math.sqrt(aa + bb + 2 * root);
  const [p, q, r] = [(aa + root) / scale, ab / scale, (bb + root) / scale];
  const determinant = p * r - q * q;
  const row = (u: number, v: number): number[] => [0, 1, 2].map((k) => (u * a[k] + v * b[k]) / determinant);
  return [row(r, -q), row(-q, p)];
}

function centered(points: readonly (readonly number[])[]): number[][] {
  const middle = points[0].map((_, k) => points.reduce((sum, point) => sum + point[k], 0) / points.length);
  return points.map((point) => point.map((value, k) => value - middle[k]));
}

/** The inverse of a symmetric 3x3 matrix, by cofactors. */
function inverse3(m: readonly (readonly number[])[]): number[][] {
  const cofactor = (i: number, j: number): number =>
    m[(i + 1) % 3][(j + 1) % 3] * m[(i + 2) % 3][(j + 2) % 3] -
    m[(i + 1) % 3][(j + 2) % 3] * m[(i + 2) % 3][(j + 1) % 3];
  const determinant = [0, 1, 2].reduce((sum, j) => sum + m[0][j] * cofactor(0, j), 0);
  return [0, 1, 2].map((i) => [0, 1, 2].map((j) => cofactor(j, i) / determinant));
}
