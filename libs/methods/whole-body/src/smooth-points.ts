/** Points over time, in the layout of the port `tracks`. */
export interface PointTracks {
  readonly frames: number;
  readonly points: number;
  readonly fps: number;
  /** f32 [F, Q, 2] pixels */
  readonly positions: Float32Array;
  /** f32 [F, Q] 0 … 1; where it is 0 a point is not seen, and a new stretch begins behind */
  readonly visibility: Float32Array;
}

/** How points are smoothed. */
export interface Smoothing {
  /** Cutoff of a point at rest, Hz: lower is calmer. */
  readonly cutoff: number;
  /** How much the cutoff rises with speed, Hz for each unit a second: higher follows faster. */
  readonly slope: number;
  /** pixels; the distance of the eyes makes the numbers above hold for faces of any size */
  readonly unit: number;
}

/** Cutoff of the speed, Hz (Casiez et al. 2012). */
const SPEED_CUTOFF = 1;

/**
 * Smooths points by the One Euro filter (Casiez, Roussel and Vogel, CHI 2012): a low pass whose cutoff
 * fc = cutoff + slope · |speed| rises with the speed, so that what rests does not tremble and what moves does not lag.
 * It runs forwards and backwards and takes the mean, so that nothing is late.
 *
 * @returns f32 [F, Q, 2] pixels; where a point is not seen it stays as it was
 */
export function smoothPoints(tracks: PointTracks, smoothing: Smoothing): Float32Array {
  const { frames, points, positions, visibility } = tracks;
  const out = positions.slice();
  for (let point = 0; point < points; point++)
    for (const [from, to] of stretches(visibility, { frames, points, point }))
      for (const axis of [0, 1]) {
        const at = (frame: number): number => (frame * points + point) * 2 + axis;
        const values = Array.from({ length: to - from }, (_, i) => positions[at(from + i)] / smoothing.unit);
        const forwards = oneEuro(values, tracks.fps, smoothing);
        const backwards = oneEuro(values.reverse(), tracks.fps, smoothing).reverse();
        forwards.forEach((value, i) => (out[at(from + i)] = ((value + backwards[i]) / 2) * smoothing.unit));
      }
  return out;
}

/** Frames [from, to) over which a point is seen without a gap. */
function stretches(
  visibility: Float32Array,
  { frames, points, point }: { readonly frames: number; readonly points: number; readonly point: number },
): [number, number][] {
  const found: [number, number][] = [];
  let from = -1;
  for (let frame = 0; frame <= frames; frame++) {
    const isSeen = frame < frames && visibility[frame * points + point] > 0;
    if (isSeen && from < 0) from = frame;
    if (isSeen || from < 0) continue;
    found.push([from, frame]);
    from = -1;
  }
  return found;
}

/** One coordinate, in one direction. */
export function oneEuro(
  values: readonly number[],
  fps: number,
  { cutoff, slope }: Pick<Smoothing, 'cutoff' | 'slope'>,
): number[] {
  const share = (hertz: number): number => 1 / (1 + fps / (2 * Math.PI * hertz));
  let [smooth, speed] = [values[0], 0];
  return values.map((value, i) => {
    if (i === 0) return value;
    speed += share(SPEED_CUTOFF) * ((value - values[i - 1]) * fps - speed);
    smooth += share(cutoff + slope * Math.abs(speed)) * (value - smooth);
    return smooth;
  });
}
