/** A place in a picture or a film, in its pixels: x to the right, y down, the first pixel's centre at (0.5, 0.5). */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A place in a face's own frame: u towards the right of the picture, v down the face. The frame says the unit. */
export interface FacePoint {
  readonly u: number;
  readonly v: number;
}
