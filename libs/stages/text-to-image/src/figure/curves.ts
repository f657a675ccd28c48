import { Path2D } from '@napi-rs/canvas';
import type { Point } from './brush.ts';

/**
 * Smooth path through points (centripetal would be kinder to uneven spacing; uniform Catmull-Rom with tension 0.5 is
 * enough for outlines drawn by hand).
 */
export function smooth(points: readonly Point[], closed = false): Path2D {
  const path = new Path2D();
  appendSmooth(path, points, closed);
  return path;
}

export function appendSmooth(path: Path2D, points: readonly Point[], closed = false, join = false): void {
  const count = points.length;
  const at = (index: number): Point =>
    closed ? points[(index + count) % count] : points[Math.min(count - 1, Math.max(0, index))];
  if (join) path.lineTo(points[0][0], points[0][1]);
  else path.moveTo(points[0][0], points[0][1]);
  for (let index = 0; index < (closed ? count : count - 1); index++) {
    const [p0, p1, p2, p3] = [at(index - 1), at(index), at(index + 1), at(index + 2)];
    path.bezierCurveTo(
      p1[0] + (p2[0] - p0[0]) / 6,
      p1[1] + (p2[1] - p0[1]) / 6,
      p2[0] - (p3[0] - p1[0]) / 6,
      p2[1] - (p3[1] - p1[1]) / 6,
      p2[0],
      p2[1],
    );
  }
  if (closed) path.closePath();
}

/** A closed outline of straight lines. */
export function polygon(points: readonly Point[]): Path2D {
  const path = openPolygon(points);
  path.closePath();
  return path;
}

/** Straight lines from point to point. */
export function openPolygon(points: readonly Point[]): Path2D {
  const path = new Path2D();
  points.forEach(([x, y], index) => (index === 0 ? path.moveTo(x, y) : path.lineTo(x, y)));
  return path;
}

/** An ellipse, turned clockwise by `turn` radians. */
export function ellipse([x, y]: Point, rx: number, ry: number, turn = 0): Path2D {
  const path = new Path2D();
  path.ellipse(x, y, rx, ry, turn, 0, Math.PI * 2);
  return path;
}

/** Points on the same curve, `steps` per segment, ends included. */
export function sampled(points: readonly Point[], steps: number): Point[] {
  const at = (index: number): Point => points[Math.min(points.length - 1, Math.max(0, index))];
  const result: Point[] = [];
  for (let index = 0; index < points.length - 1; index++) {
    for (let step = 0; step < steps; step++)
      result.push([
        blend(at(index - 1)[0], at(index)[0], at(index + 1)[0], at(index + 2)[0], step / steps),
        blend(at(index - 1)[1], at(index)[1], at(index + 1)[1], at(index + 2)[1], step / steps),
      ]);
  }
  result.push(points[points.length - 1]);
  return result;
}

function blend(a: number, b: number, c: number, d: number, t: number): number {
  return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t * t * t);
}

/**
 * A tube round a centre line: outline, and its two edges from start to end (`left` is left when looking along the line
 * on the page).
 */
export interface Tube {
  readonly path: Path2D;
  readonly left: readonly Point[];
  readonly right: readonly Point[];
  readonly centre: readonly Point[];
}

/** How a tube ends. */
export interface TubeEnds {
  /** how far it bulges beyond the last and the first point, in units of the radius there (0 flat, 1 half circle) */
  readonly cap?: number;
  readonly startCap?: number;
  /** points of the outline for each of the line */
  readonly steps?: number;
}

/**
 * @param points centre line
 * @param radii  half widths at the points; interpolated as smoothly as the line
 */
export function tube(
  points: readonly Point[],
  radii: readonly number[],
  { cap = 1, startCap = 0, steps = 10 }: TubeEnds = {},
): Tube {
  const centre = sampled(points, steps);
  const widths = sampled(
    radii.map((radius, index): Point => [index, radius]),
    steps,
  ).map(([, radius]) => radius);
  const left: Point[] = [];
  const right: Point[] = [];
  centre.forEach(([x, y], index) => {
    const before = centre[Math.max(0, index - 1)];
    const after = centre[Math.min(centre.length - 1, index + 1)];
    const length = Math.hypot(after[0] - before[0], after[1] - before[1]) || 1;
    const nx = (after[1] - before[1]) / length;
    const ny = -(after[0] - before[0]) / length;
    left.push([x + nx * widths[index], y + ny * widths[index]]);
    right.push([x - nx * widths[index], y - ny * widths[index]]);
  });
  const outline: Point[] = [
    ...left,
    ...capPoints(left[left.length - 1], right[right.length - 1], cap),
    ...[...right].reverse(),
    ...capPoints(right[0], left[0], startCap),
  ];
  return { path: polygon(outline), left, right, centre };
}

/** Half an ellipse from a to b, bulging to the side that lies ahead when going from a (left edge) to b (right edge). */
function capPoints(a: Point, b: Point, bulge: number): Point[] {
  if (bulge === 0) return [];
  const middle: Point = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  const ux = (a[0] - b[0]) / 2;
  const uy = (a[1] - b[1]) / 2;
  const result: Point[] = [];
  for (let step = 1; step < 8; step++) {
    const angle = (step / 8) * Math.PI;
    const along = Math.sin(angle) * bulge;
    result.push([middle[0] + ux * Math.cos(angle) - uy * along, middle[1] + uy * Math.cos(angle) + ux * along]);
  }
  return result;
}

/**
 * A stroke that swells and tapers: thickest `width` at share `peak` of its length, pointed at both ends (or blunt where
 * `start`/`end` > 0).
 */
export function tapered(
  points: readonly Point[],
  width: number,
  options: { peak?: number; start?: number; end?: number; steps?: number } = {},
): Path2D {
  const { peak = 0.5, start = 0, end = 0, steps = 6 } = options;
  const centre = sampled(points, steps);
  const last = centre.length - 1;
  const left: Point[] = [];
  const right: Point[] = [];
  centre.forEach(([x, y], index) => {
    const t = index / last;
    const rise =
      t < peak
        ? start + (1 - start) * Math.sin(((t / peak) * Math.PI) / 2)
        : end + (1 - end) * Math.sin((((1 - t) / (1 - peak)) * Math.PI) / 2);
    const before = centre[Math.max(0, index - 1)];
    const after = centre[Math.min(last, index + 1)];
    const length = Math.hypot(after[0] - before[0], after[1] - before[1]) || 1;
    const nx = ((after[1] - before[1]) / length) * width * 0.5 * rise;
    const ny = (-(after[0] - before[0]) / length) * width * 0.5 * rise;
    left.push([x + nx, y + ny]);
    right.push([x - nx, y - ny]);
  });
  return polygon([...left, ...right.reverse()]);
}

/** The same points on the other side of the line x = axis. */
export function mirrored(points: readonly Point[], axis: number): Point[] {
  return points.map(([x, y]) => [2 * axis - x, y]);
}

/** An outline given for its right half from top to bottom, closed by its mirror image. */
export function symmetric(rightHalf: readonly Point[], axis: number): Point[] {
  const back = mirrored(rightHalf, axis).reverse();
  return [...rightHalf, ...back.filter(([x]) => Math.abs(x - axis) > 1e-6)];
}
