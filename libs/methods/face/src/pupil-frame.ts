import type { FacePoint, Point } from './point.ts';

/**
 * The frame in which a face is looked for (stage `reference`): origin between the pupils, u along the line of the eyes,
 * one unit = the distance of the pupils. Turning and size of the face are gone in it, so that proportions (Farkas 1994)
 * can be written as numbers.
 *
 * It differs from a `FaceFrame` in that it keeps the angle itself, which the search turns and damps, and in that the
 * conversions multiply by cos and sin divided by the unit: the same numbers but for the last bits.
 */
export interface PupilFrame {
  /** midpoint of the pupils, pixels */
  readonly x: number;
  readonly y: number;
  /** distance of the pupils, pixels */
  readonly unit: number;
  /** turning of the line of the eyes, radians, + is clockwise */
  readonly tilt: number;
}

/** The frame of two pupils, named by where they are in the picture. */
export function pupilFrame(pictureLeft: Point, pictureRight: Point): PupilFrame {
  const dx = pictureRight.x - pictureLeft.x;
  const dy = pictureRight.y - pictureLeft.y;
  return {
    x: (pictureLeft.x + pictureRight.x) / 2,
    y: (pictureLeft.y + pictureRight.y) / 2,
    unit: Math.hypot(dx, dy),
    tilt: Math.atan2(dy, dx),
  };
}

/** The same frame in the picture at another size of the same aspect. */
export function resizedPupilFrame(
  frame: PupilFrame,
  from: { readonly width: number; readonly height: number },
  to: { readonly width: number; readonly height: number },
): PupilFrame {
  return {
    x: (frame.x * to.width) / from.width,
    y: (frame.y * to.height) / from.height,
    unit: (frame.unit * to.width) / from.width,
    tilt: frame.tilt,
  };
}

/** Pixels to pupil distances from between the pupils. */
export function toPupils(frame: PupilFrame, x: number, y: number): FacePoint {
  const cos = Math.cos(frame.tilt) / frame.unit;
  const sin = Math.sin(frame.tilt) / frame.unit;
  return { u: (x - frame.x) * cos + (y - frame.y) * sin, v: -(x - frame.x) * sin + (y - frame.y) * cos };
}

/** Pupil distances from between the pupils to pixels. */
export function fromPupils(frame: PupilFrame, u: number, v: number): Point {
  const cos = Math.cos(frame.tilt) * frame.unit;
  const sin = Math.sin(frame.tilt) * frame.unit;
  return { x: frame.x + u * cos - v * sin, y: frame.y + u * sin + v * cos };
}
