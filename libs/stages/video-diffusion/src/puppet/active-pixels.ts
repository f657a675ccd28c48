/** The pixels of a film that the person can cover in any frame, each by its index, row by row. */
export interface ActivePixels {
  /** i32 covered by the person in every frame, moving */
  readonly inside: Int32Array;
  /** i32 where the outline may pass */
  readonly edge: Int32Array;
  /** i32 showing the person, or some of it, and never moving: feet, say */
  readonly still: Int32Array;
}

/** Coverage of a person at rest that may be shown in more than one way, u8 [height, width] each. */
export interface Coverage {
  readonly width: number;
  readonly height: number;
  /** the least of any way */
  readonly least: Uint8Array;
  /** the most of any way */
  readonly most: Uint8Array;
}

/**
 * @param reach how far what is seen at a pixel may have come from, film pixels; 0 where nothing ever moves
 */
export function activePixels(
  { width, height, least, most }: Coverage,
  reach: (x: number, y: number) => number,
): ActivePixels {
  const outside = chessboardDistance(width, height, (i) => most[i] > 0);
  const inside = chessboardDistance(width, height, (i) => least[i] < 255);
  const found = { inside: [] as number[], edge: [] as number[], still: [] as number[] };
  for (let i = 0; i < width * height; i++) {
    const far = reach(i % width, Math.floor(i / width));
    if (outside[i] > far) continue;
    if (far === 0) found.still.push(i);
    else (inside[i] > far ? found.inside : found.edge).push(i);
  }
  return {
    inside: Int32Array.from(found.inside),
    edge: Int32Array.from(found.edge),
    still: Int32Array.from(found.still),
  };
}

/**
 * Steps of a chess king from each pixel to the nearest that `is`; beyond the border there is none. Two passes
 * (Rosenfeld and Pfaltz 1966).
 */
function chessboardDistance(width: number, height: number, is: (index: number) => boolean): Int32Array {
  const far = width + height;
  const distances = Int32Array.from({ length: width * height }, (_, i) => (is(i) ? 0 : far));
  const relax = (i: number, x: number, y: number): void => {
    if (x >= 0 && x < width && y >= 0 && y < height)
      distances[i] = Math.min(distances[i], distances[y * width + x] + 1);
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      relax(i, x - 1, y);
      for (let d = -1; d <= 1; d++) relax(i, x + d, y - 1);
    }
  }
  for (let y = height - 1; y >= 0; y--) {
    for (let x = width - 1; x >= 0; x--) {
      const i = y * width + x;
      relax(i, x + 1, y);
      for (let d = -1; d <= 1; d++) relax(i, x + d, y + 1);
    }
  }
  return distances;
}
