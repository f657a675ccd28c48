import { luma, patchColor, type Color, type ReadColor } from './face-colors.ts';
import type { FilmFace } from './mouth-frames.ts';
import type { FacePoint } from './point.ts';

const COLUMNS = 49;
const ROWS = 61;
/** Columns are read this far towards the corners, where the seam has no width any more. */
const REACH = 0.94;

/** Where the lips part, in face coordinates. */
export interface LipSeam {
  /** `u` of the mouth's middle */
  readonly centre: number;
  /** half of the distance between the corners */
  readonly halfWidth: number;
  /** `v` of the line at `u`; beyond the corners it goes on straight */
  readonly at: (u: number) => number;
  /** The picture shows teeth in a smile: the line is their lower edge. */
  readonly smiling: boolean;
  /** 0 … 1, how much of the upper teeth is seen above the line between lips that are not quite closed */
  readonly teethShown: number;
  /** `v` of the lower lip's lower edge and of the upper lip's upper edge, in the middle */
  readonly lowerEdge: number;
  readonly upperEdge: number;
}

/** What is known before the picture is looked at closely. */
interface Expected {
  readonly centre: number;
  readonly halfWidth: number;
  /** `v` of the line at t = (u − centre) / halfWidth */
  readonly at: (t: number) => number;
  readonly upperEdge: number;
  readonly lowerEdge: number;
  readonly skin: Color;
}

/**
 * The seam between the lips as the puppet opens it (stage `video-diffusion`), read at the picture's own resolution. It
 * differs from `lowerLipEdge`, which canonical-gaussians uses: this one follows the dark line between the lips from
 * corner to corner and finds teeth and how far the lips reach; that one is where the lower lip begins.
 *
 * Finds the seam along which the mouth opens. Landmarks give corners and middle; the picture says where exactly: along
 * the darkest path from corner to corner (dynamic programming), or along the lower edge of the teeth where a smile
 * shows them. Corners are drawn in to where lips are really seen.
 */
export function lipSeam(face: FilmFace, read: ReadColor): LipSeam {
  const corners = [face.local('mouthLeft') ?? { u: 0.35, v: 0 }, face.local('mouthRight') ?? { u: -0.35, v: 0 }].sort(
    (p, q) => p.u - q.u,
  );
  const upperEdge = Math.min(-0.03, face.local('upperLipTop')?.v ?? -0.1);
  const lowerEdge = Math.max(0.04, face.local('lowerLipBottom')?.v ?? 0.13);
  const skin = patchColor(
    read,
    { u: (corners[0].u + corners[1].u) / 2, v: (lowerEdge + (face.local('chin')?.v ?? 0.6)) / 2 },
    { u: 0.12, v: 0.05 },
  );
  const expecting = (left: FacePoint, right: FacePoint): Expected => {
    const centre = (left.u + right.u) / 2;
    const halfWidth = Math.max(0.12, (right.u - left.u) / 2);
    const straight = (t: number): number => left.v + ((right.v - left.v) * (t + 1)) / 2;
    const sag = -straight(-centre / halfWidth);
    return { centre, halfWidth, at: (t) => straight(t) + sag * Math.max(0, 1 - t * t), upperEdge, lowerEdge, skin };
  };
  const given = expecting(corners[0], corners[1]);
  const wide = seam(given, read);
  const [left, right] = lipsEnd(given, wide, read);
  const place = (t: number) => ({ u: given.centre + t * given.halfWidth, v: given.at(t) + wide.offset(t) });
  const expected = left > -1 || right < 1 ? expecting(place(left), place(right)) : given;
  const { offset, smiling } = expected === given ? wide : seam(expected, read);

  const at = (u: number): number => {
    const t = (u - expected.centre) / expected.halfWidth;
    return expected.at(Math.max(-1, Math.min(1, t))) + (Math.abs(t) < 1 ? offset(t) : 0);
  };
  return {
    centre: expected.centre,
    halfWidth: expected.halfWidth,
    at,
    smiling,
    teethShown: smiling ? 1 : teethBetween(expected, at, read),
    lowerEdge,
    upperEdge,
  };
}

/** The seam as an offset from the expected line, over t = −1 … 1. */
function seam(expected: Expected, read: ReadColor): { offset: (t: number) => number; smiling: boolean } {
  const teeth = teethEdge(expected, read);
  if (teeth) return { offset: teeth, smiling: true };
  const path = darkestPath(expected, read);
  return {
    smiling: false,
    offset: (t) => {
      const position = Math.min(COLUMNS - 1, Math.max(0, ((t / REACH + 1) / 2) * (COLUMNS - 1)));
      const i = Math.min(COLUMNS - 2, Math.floor(position));
      return path[i] + (position - i) * (path[i + 1] - path[i]);
    },
  };
}

/**
 * The lower edge of teeth that a smile shows: a parabola through the lowest tooth of each column, robustly. Teeth are
 * as bright as the skin and much less colored; a highlight on a lip is not. Nothing if too few columns show any.
 */
function teethEdge(expected: Expected, read: ReadColor): ((t: number) => number) | undefined {
  const found: { t: number; offset: number }[] = [];
  for (let i = 0; i < COLUMNS; i++) {
    const t = columnT(i);
    const line = expected.at(t);
    // Short of the lips' outer edges, beyond which light skin could pass for teeth.
    const from = line + 0.65 * expected.upperEdge * (1 - t * t);
    const to = line + 0.75 * expected.lowerEdge * (1 - t * t);
    const [start, end] = longestRun(ROWS, (j) => {
      const color = read(expected.centre + t * expected.halfWidth, from + ((to - from) * j) / (ROWS - 1));
      return (
        luma(color) > 0.85 * luma(expected.skin) &&
        saturation(color) < 0.78 * saturation(expected.skin) &&
        saturation(color) < 0.3
      );
    });
    if (((end - start) * (to - from)) / (ROWS - 1) > 0.03)
      found.push({ t, offset: from + ((to - from) * end) / (ROWS - 1) + 0.012 - line });
  }
  if (found.filter(({ t }) => Math.abs(t) < 0.5).length < 0.3 * COLUMNS * REACH) return undefined;
  let kept = found;
  let curve = parabola(kept);
  for (let round = 0; round < 3; round++) {
    const errors = kept.map(({ t, offset }) => Math.abs(offset - curve(t))).sort((a, b) => a - b);
    const limit = Math.max(0.012, 2.5 * errors[errors.length >> 1]);
    kept = kept.filter(({ t, offset }) => Math.abs(offset - curve(t)) <= limit);
    curve = parabola(kept);
  }
  // Towards the corners teeth are in the shade: from where the last one was seen the line runs to the corner.
  const [first, last] = [Math.min(-0.5, kept[0].t), Math.max(0.5, kept[kept.length - 1].t)];
  return (t) =>
    curve(Math.max(first, Math.min(last, t))) *
    (t < first ? Math.max(0, (1 + t) / (1 + first)) : t > last ? Math.max(0, (1 - t) / (1 - last)) : 1);
}

/** The darkest path between the lips, found by dynamic programming; offsets from the expected line, f64 [COLUMNS]. */
function darkestPath(expected: Expected, read: ReadColor): Float64Array {
  const { centre, halfWidth, skin } = expected;
  const reach = (i: number, j: number): number =>
    ((2 * j) / (ROWS - 1) - 1) * 0.11 * Math.sqrt(1 - columnT(i) ** 2 * 0.98);
  const cost = (i: number, j: number): number =>
    luma(read(centre + columnT(i) * halfWidth, expected.at(columnT(i)) + reach(i, j))) / Math.max(0.05, luma(skin)) +
    0.24 * (reach(i, j) / 0.11) ** 2;
  const total = [Float64Array.from({ length: ROWS }, (_, j) => cost(0, j))];
  const from: Int16Array[] = [];
  for (let i = 1; i < COLUMNS; i++) {
    const row = new Float64Array(ROWS);
    const best = new Int16Array(ROWS);
    for (let j = 0; j < ROWS; j++) {
      let least = Infinity;
      for (let k = Math.max(0, j - 3); k <= Math.min(ROWS - 1, j + 3); k++) {
        const sum = total[i - 1][k] + 0.02 * Math.abs(j - k);
        if (sum < least) [least, best[j]] = [sum, k];
      }
      row[j] = least + cost(i, j);
    }
    total.push(row);
    from.push(best);
  }
  let j = total[COLUMNS - 1].indexOf(Math.min(...total[COLUMNS - 1]));
  let path = new Float64Array(COLUMNS);
  for (let i = COLUMNS - 1; i >= 0; i--) {
    path[i] = reach(i, j);
    if (i > 0) j = from[i - 1][j];
  }
  // Binomial smoothing, the ends held at 0: the corners are known.
  for (let round = 0; round < 2; round++)
    path = path.map((value, i) => ((path[i - 1] ?? 0) + 2 * value + (path[i + 1] ?? 0)) / 4);
  return path;
}

/**
 * How far towards the corners lips are seen along the seam: redder or darker than skin. t of the left and right end,
 * never less than 0.65 of the given width.
 */
function lipsEnd(expected: Expected, { offset }: { offset: (t: number) => number }, read: ReadColor): [number, number] {
  const { centre, halfWidth, skin } = expected;
  const isLip = (t: number): boolean => {
    const color = read(centre + t * halfWidth, expected.at(t) + offset(t));
    return redness(color) > redness(skin) + 0.045 || luma(color) < 0.62 * luma(skin);
  };
  const end = (sign: 1 | -1): number => {
    for (let t = 1; t > 0.65; t -= 0.01) if (isLip(sign * t) && isLip(sign * (t - 0.05))) return sign * t;
    return sign * 0.65;
  };
  return [end(-1), end(1)];
}

/** Whether something less red than the lips lies above the seam: teeth, 0 … 1 of the middle columns. */
function teethBetween(expected: Expected, at: (u: number) => number, read: ReadColor): number {
  let columns = 0;
  for (let t = -0.4; t <= 0.41; t += 0.1) {
    const u = expected.centre + t * expected.halfWidth;
    const reds = Array.from({ length: 16 }, (_, j) =>
      redness(read(u, at(u) + expected.upperEdge * (0.1 + (0.8 * j) / 15))),
    );
    const reddest = Math.max(...reds);
    if (Math.min(...reds.slice(0, reds.indexOf(reddest) + 1)) < reddest - 0.06) columns++;
  }
  return columns / 9;
}

function columnT(i: number): number {
  return REACH * ((2 * i) / (COLUMNS - 1) - 1);
}

function redness(color: Color): number {
  return color[0] / Math.max(0.02, color[0] + color[1] + color[2]);
}

function saturation(color: Color): number {
  const most = Math.max(...color);
  return most > 0 ? (most - Math.min(...color)) / most : 0;
}

/** First and last index of the longest run of indices that hold; [0, 0] if none does. */
function longestRun(count: number, holds: (index: number) => boolean): [number, number] {
  let best: [number, number] = [0, 0];
  let start = -1;
  for (let j = 0; j <= count; j++) {
    if (j < count && holds(j)) {
      if (start < 0) start = j;
    } else if (start >= 0) {
      if (j - 1 - start > best[1] - best[0]) best = [start, j - 1];
      start = -1;
    }
  }
  return best;
}

/** Least squares c0 + c1 t + c2 t². */
function parabola(points: readonly { t: number; offset: number }[]): (t: number) => number {
  const m = Array.from({ length: 3 }, () => new Float64Array(4));
  for (const { t, offset } of points)
    for (let r = 0; r < 3; r++) for (let c = 0; c < 4; c++) m[r][c] += t ** r * (c < 3 ? t ** c : offset);
  for (let r = 0; r < 3; r++) {
    m[r][r] += 1e-6;
    for (let other = 0; other < 3; other++) {
      if (other === r) continue;
      const factor = m[other][r] / m[r][r];
      for (let c = 0; c < 4; c++) m[other][c] -= factor * m[r][c];
    }
  }
  const [c0, c1, c2] = m.map((row, r) => row[3] / row[r]);
  return (t) => c0 + c1 * t + c2 * t * t;
}
