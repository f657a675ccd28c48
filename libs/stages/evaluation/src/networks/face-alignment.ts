import { Matrix, SingularValueDecomposition } from 'ml-matrix';
import { warpBytes, type Pixels, type Warp } from './sample-pixels.ts';

/** A point of a picture, pixels, pixel centres at whole numbers. */
export type Point = readonly [x: number, y: number];

/** Where ArcFace was trained to have the eyes, the tip of the nose and the corners of the mouth, of 112 pixels. */
export const ARCFACE_POINTS: readonly Point[] = [
  [38.2946, 51.6963],
  [73.5318, 51.5014],
  [56.0252, 71.7366],
  [41.5493, 92.3655],
  [70.7299, 92.2041],
];
export const ARCFACE_SIDE = 112;

/**
 * The similarity that takes points to others with the least squared error (Umeyama 1991).
 *
 * @param from as many points as `to`, not all at one place
 */
export function similarityOf(from: readonly Point[], to: readonly Point[]): Warp {
  const count = from.length;
  const [p, q] = [centreOf(from), centreOf(to)];
  const a = Matrix.zeros(2, 2);
  let spread = 0;
  from.forEach((point, i) => {
    const [dx, dy] = [point[0] - p[0], point[1] - p[1]];
    const [tx, ty] = [to[i][0] - q[0], to[i][1] - q[1]];
    a.add(
      new Matrix([
        [tx * dx, tx * dy],
        [ty * dx, ty * dy],
      ]),
    );
    spread += (dx * dx + dy * dy) / count;
  });
  a.div(count);
  const { leftSingularVectors: u, rightSingularVectors: v, diagonal } = new SingularValueDecomposition(a);
  const determinant = a.get(0, 0) * a.get(1, 1) - a.get(0, 1) * a.get(1, 0);
  const sign = determinant < 0 ? -1 : 1;
  const turn = u.mmul(Matrix.diag([1, sign])).mmul(v.transpose());
  const scale = (diagonal[0] + sign * diagonal[1]) / spread;
  const [r00, r01, r10, r11] = [turn.get(0, 0), turn.get(0, 1), turn.get(1, 0), turn.get(1, 1)].map((x) => x * scale);
  return [r00, r01, q[0] - r00 * p[0] - r01 * p[1], r10, r11, q[1] - r10 * p[0] - r11 * p[1]];
}

function centreOf(points: readonly Point[]): Point {
  const sum = points.reduce(([sx, sy], [x, y]) => [sx + x, sy + y], [0, 0] as Point);
  return [sum[0] / points.length, sum[1] / points.length];
}

/**
 * A face as ArcFace takes it: 112² RGB, (x / 255 − ½) / ½.
 *
 * @param points eyes (the picture's left first), tip of the nose, corners of the mouth (left first)
 * @returns      f32 [3, 112, 112]
 */
export function alignedFace(picture: Pixels, points: readonly Point[]): Float32Array {
  const { data } = warpBytes(picture, similarityOf(points, ARCFACE_POINTS), ARCFACE_SIDE, ARCFACE_SIDE);
  const size = ARCFACE_SIDE ** 2;
  return Float32Array.from({ length: 3 * size }, (_, i) => data[4 * (i % size) + Math.floor(i / size)] / 127.5 - 1);
}
