/**
 * Where one pixel of a face comes from and what is painted over it; written by the parts of the face in turn, in face
 * coordinates.
 */
export interface Placement {
  /** where in the picture the pixel's colour is */
  u: number;
  v: number;
  /** paint over it, sRGB 0 … 1, and its coverage 0 … 1 */
  red: number;
  green: number;
  blue: number;
  cover: number;
}
