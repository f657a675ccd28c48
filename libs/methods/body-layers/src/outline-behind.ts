import type { Point } from '@soliloquy/face';
import { boxMean, regionsOf, type Plane } from '@soliloquy/planes';
import { boxAround, indicesOf } from './box.ts';

/** A picture of which some is hidden. */
export interface Hiding {
  readonly width: number;
  readonly height: number;
  /** u8 [H, W] 1 where it is hidden */
  readonly hidden: Uint8Array;
  /** u8 [H, W] 1 where the surface behind is seen */
  readonly seen: Uint8Array;
  /** pixels: what is shorter of a rim says nothing */
  readonly least: number;
}

/**
 * Where a surface goes on behind what hides it: the outline goes straight on from where it is lost to where it is seen
 * again. Where all of the rim is the surface, all that is hidden is; where none is, nothing.
 *
 * @returns f32 [H, W] 0 … 1, soft over a pixel; 0 where nothing is hidden
 */
export function outlineBehind({ width, height, hidden, seen, least }: Hiding): Float32Array {
  const cover = new Float32Array(width * height);
  for (const pixels of regionsOf(hidden, width, height)) {
    const box = boxAround(
      pixels.map((i) => ({ x: i % width, y: Math.floor(i / width) })),
      3,
      { width, height },
    );
    const indices = indicesOf(box, width);
    const isIn = new Uint8Array(width * height);
    for (const i of pixels) isIn[i] = 1;
    const rim = rimOf(isIn, pixels[0], width, height);
    const arcs = arcsOf(
      rim.map(({ beyond }) => beyond >= 0 && seen[beyond] === 1),
      least,
    );
    const shape: Plane = { width: box.width, height: box.height, data: new Float32Array(indices.length) };
    if (arcs === 'all') indices.forEach((i, k) => (shape.data[k] = isIn[i] || seen[i] ? 1 : 0));
    else {
      const polygons = arcs.map((arc) => arc.map((c) => rim[c].at));
      indices.forEach((i, k) => {
        const place = { x: (i % width) + 0.5, y: Math.floor(i / width) + 0.5 };
        const inside = isIn[i] ? polygons.some((polygon) => isInside(polygon, place)) : seen[i] === 1;
        shape.data[k] = inside ? 1 : 0;
      });
    }
    const soft = boxMean(shape, 1).data;
    indices.forEach((i, k) => {
      if (isIn[i]) cover[i] = soft[k];
    });
  }
  return cover;
}

/** A side of a pixel between a region and what is beyond it. */
interface RimSide {
  /** its first corner, pixels */
  readonly at: Point;
  /** index of the pixel beyond; −1 where the picture ends */
  readonly beyond: number;
}

/** Right, down, left, up: where the corner goes, and the pixels on its right and left, from that corner. */
const WAYS = [
  { step: [1, 0], right: [0, 0], left: [0, -1] },
  { step: [0, 1], right: [-1, 0], left: [0, 0] },
  { step: [-1, 0], right: [-1, -1], left: [-1, 0] },
  { step: [0, -1], right: [0, -1], left: [-1, -1] },
] as const;

/** The outer rim of a region, clockwise from the upper side of its first pixel. */
function rimOf(isIn: Uint8Array, first: number, width: number, height: number): RimSide[] {
  const indexAt = (x: number, y: number): number => (x < 0 || y < 0 || x >= width || y >= height ? -1 : y * width + x);
  const side = (x: number, y: number, way: number): { readonly inside: boolean; readonly beyond: number } => {
    const { right, left } = WAYS[way];
    const within = indexAt(x + right[0], y + right[1]);
    const beyond = indexAt(x + left[0], y + left[1]);
    return { inside: within >= 0 && isIn[within] === 1 && (beyond < 0 || isIn[beyond] === 0), beyond };
  };
  const start = { x: first % width, y: Math.floor(first / width) };
  let { x, y } = start;
  let way = 0;
  const rim: RimSide[] = [];
  do {
    rim.push({ at: { x, y }, beyond: side(x, y, way).beyond });
    x += WAYS[way].step[0];
    y += WAYS[way].step[1];
    // As far to the right as the rim goes: regions hang together by their sides.
    way = [1, 0, 3].map((turn) => (way + turn) % 4).find((next) => side(x, y, next).inside) ?? (way + 2) % 4;
  } while (x !== start.x || y !== start.y || way !== 0);
  return rim;
}

/**
 * Runs of a closed rim that are the surface, each as the places of its sides in order.
 *
 * @param least shorter runs, of either kind, do not count
 */
function arcsOf(isSurface: readonly boolean[], least: number): 'all' | number[][] {
  const count = isSurface.length;
  const settled = [...isSurface];
  for (const kind of [false, true])
    for (const run of runsOf(settled, kind))
      if (run.length < Math.min(least, count)) for (const c of run) settled[c] = !kind;
  if (settled.every(Boolean)) return 'all';
  return runsOf(settled, true).map((run) => [...run, (run[run.length - 1] + 1) % count]);
}

/** Runs of one kind around a closed row. */
function runsOf(values: readonly boolean[], kind: boolean): number[][] {
  const count = values.length;
  const first = values.findIndex((value, i) => value === kind && values[(i + count - 1) % count] !== kind);
  if (first < 0) return values[0] === kind ? [values.map((_, i) => i)] : [];
  const runs: number[][] = [];
  for (let k = 0; k < count; k++) {
    const i = (first + k) % count;
    if (values[i] !== kind) continue;
    if (values[(i + count - 1) % count] !== kind) runs.push([]);
    runs[runs.length - 1].push(i);
  }
  return runs;
}

/** Even-odd rule. */
function isInside(polygon: readonly Point[], { x, y }: Point): boolean {
  let inside = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [a, b] = [polygon[i], polygon[j]];
    if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) inside = !inside;
  }
  return inside;
}
