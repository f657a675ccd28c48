import type { FacePoint, Point } from './point.ts';

/** A frame that turns with a face. Plain data: `toFace` and `toPicture` convert. */
export interface FaceFrame {
  /** where (0, 0) lies, pixels */
  readonly origin: Point;
  /** unit vectors in the picture: towards its right across the face, and down the face */
  readonly right: Point;
  readonly down: Point;
  /** pixels of one unit of u and v */
  readonly unit: number;
}

/** Pixels to face coordinates. */
export function toFace({ origin, right, down, unit }: FaceFrame, x: number, y: number): FacePoint {
  return {
    u: ((x - origin.x) * right.x + (y - origin.y) * right.y) / unit,
    v: ((x - origin.x) * down.x + (y - origin.y) * down.y) / unit,
  };
}

/** Face coordinates to pixels. */
export function toPicture({ origin, right, down, unit }: FaceFrame, u: number, v: number): Point {
  return {
    x: origin.x + unit * (u * right.x + v * down.x),
    y: origin.y + unit * (u * right.y + v * down.y),
  };
}
