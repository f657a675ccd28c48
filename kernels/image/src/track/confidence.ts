import { applyAffine, composeAffine, invertAffine, type Affine } from './affine.ts';
import { grayAt, type ImagePyramid } from './image-pyramid.ts';
import { followPoints, tiedWay, windowsOf, type Ties, type TrackerGroup, type Windows } from './point-residuals.ts';

/** What a group did in one frame. */
export interface GroupState {
  readonly frame: ImagePyramid;
  readonly motion: Affine;
  /** f64 [n, 2] */
  readonly own: Float64Array;
}

/** Half the confidence is left where a point comes back this far beside where it was, windows' radii. */
const RETURN = 0.35;
/** … where its window differs by so much of the contrast that it has, and of a window without any, gray levels. */
const DIFFERENCE = { share: 0.5, least: 5 } as const;
/** … where it is this far from its neighbours' mean, shares of its limit. */
const APART = 0.4;

/**
 * 0 … 1 for each point: the product of three, each 1 / (1 + (x / x½)⁴). How far beside its last place it comes when its
 * window is followed back into the frame before (Kalal et al. 2010); how much its window differs from the reference's;
 * how far its own way is from its neighbours'. 0 outside the film.
 *
 * @param places f32 [n, 2] pixels of the frame
 */
export function confidenceOf(
  group: TrackerGroup,
  windows: Windows,
  {
    now,
    before,
    ties,
    places,
  }: {
    now: GroupState;
    before: GroupState | undefined;
    ties: readonly Ties[];
    places: Float32Array;
  },
): Float32Array {
  const returned = before ? returnDistances(group, { now, before, places }) : undefined;
  const { width, height } = now.frame[0].luma;
  return Float32Array.from(ties, (tie, p) => {
    const [x, y] = [places[2 * p], places[2 * p + 1]];
    if (x < 0 || y < 0 || x > width || y > height) return 0;
    const [mx, my] = tiedWay(tie, now.own);
    const apart = tie.neighbours.length > 0 ? Math.hypot(now.own[2 * p] - mx, now.own[2 * p + 1] - my) : 0;
    return (
      (returned ? half(returned[p] / (RETURN * group.radius)) : 1) *
      half(differenceOf(windows, now, { place: [x, y], point: p })) *
      half(apart / (APART * group.limit))
    );
  });
}

const NO_TIES: Ties = { neighbours: new Int32Array(0), shares: new Float64Array(0), slopes: new Float64Array(0) };

function half(x: number): number {
  return 1 / (1 + x ** 4);
}

/** Mean |difference| of a window, over what halves the confidence. */
function differenceOf(
  { level, offsetsX, offsetsY, gray }: Windows,
  { frame, motion }: GroupState,
  { place, point }: { readonly place: readonly [number, number]; readonly point: number },
): number {
  const size = offsetsX.length;
  const scale = 2 ** level;
  const { a, b, c, d } = motion;
  let [difference, mean, square] = [0, 0, 0];
  for (let k = 0; k < size; k++) {
    const value = gray[point * size + k];
    const x = place[0] + a * offsetsX[k] + b * offsetsY[k];
    const y = place[1] + c * offsetsX[k] + d * offsetsY[k];
    difference += Math.abs(grayAt(frame[level].luma, x / scale, y / scale) - value) / size;
    mean += value / size;
    square += value ** 2 / size;
  }
  const contrast = Math.sqrt(Math.max(0, square - mean ** 2));
  return difference / (DIFFERENCE.least + DIFFERENCE.share * contrast);
}

/** Windows of this frame looked for in the one before, from where their piece takes them: how far beside they come. */
function returnDistances(
  group: TrackerGroup,
  { now, before, places }: { now: GroupState; before: GroupState; places: Float32Array },
): Float64Array {
  const count = places.length / 2;
  const back = composeAffine(before.motion, invertAffine(now.motion));
  const free: TrackerGroup = { ...group, points: places, limit: 4 * group.radius, tie: 0, hold: 0.02 };
  const own = new Float64Array(2 * count);
  const alone = Array.from({ length: count }, (): Ties => NO_TIES);
  const windows = windowsOf(now.frame[0].luma, 0, free);
  followPoints(free, windows, { frame: before.frame, motion: back, ties: alone }, own);
  return Float64Array.from({ length: count }, (_, p) => {
    const [rx, ry] = applyAffine(before.motion, group.points[2 * p], group.points[2 * p + 1]);
    const [x, y] = applyAffine(back, places[2 * p], places[2 * p + 1]);
    return Math.hypot(x + own[2 * p] - rx - before.own[2 * p], y + own[2 * p + 1] - ry - before.own[2 * p + 1]);
  });
}
