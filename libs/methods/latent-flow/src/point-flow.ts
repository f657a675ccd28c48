import { Fault } from '@soliloquy/fault';

/** Nodes over a film, `step` pixels apart, row by row; the last of a row or column lies beyond the last pixel. */
export interface FlowGrid {
  readonly step: number;
  readonly columns: number;
  readonly rows: number;
}

/** How much places go with each of n points: q(v) = Σ_j a_j(v) q_j, Σ_j a_j = 1. */
export interface PointWeights {
  /** n */
  readonly points: number;
  /** f32 [places, n] */
  readonly data: Float32Array;
}

/** X and y of nodes, f32 [rows, columns] each, film pixels. */
export interface NodeArrays {
  readonly xs: Float32Array;
  readonly ys: Float32Array;
}

/** Those of the nodes of a grid, row by row. */
export interface FlowWeights extends PointWeights {
  readonly grid: FlowGrid;
}

/** How far points reach. */
export interface FlowReach {
  /** film pixels within which a point counts fully */
  readonly radius: number;
  /** 0 fits an affine motion about each node; the more, the rather a shift: for points nearly in a line */
  readonly ridge: number;
}

/** Rounds in which a flow is inverted. */
const ROUNDS = 6;
/** Those in which the shifts of a whole grid are: many nodes, and less to be exact about. */
const SHIFT_ROUNDS = 4;

/** @param step film pixels */
export function flowGrid(width: number, height: number, step: number): FlowGrid {
  return { step, columns: Math.ceil(width / step) + 1, rows: Math.ceil(height / step) + 1 };
}

/** `pointWeights` of a grid's nodes. */
export function flowWeights(grid: FlowGrid, rest: Float32Array, reach: FlowReach): FlowWeights {
  const nodes = Float32Array.from({ length: 2 * grid.columns * grid.rows }, (_, i) => {
    const node = i >> 1;
    return grid.step * (i % 2 === 0 ? node % grid.columns : Math.floor(node / grid.columns));
  });
  return { grid, ...pointWeights(nodes, rest, reach) };
}

/**
 * Moving least squares (Schaefer, McPhail & Warren 2006): about each place v the affine motion that takes the points to
 * where they are now, weighted by w_j = 1 / (|v − p_j|² + r²)². It is linear in where the points are now:
 * a_j = w_j / W + w_j (v − p̄)ᵀ (Σ w p̂ p̂ᵀ + ridge W r² 1)⁻¹ p̂_j, p̂ = p − p̄, W = Σ w. With ridge 0 an affine motion
 * is carried over exactly, a shift always.
 *
 * @param places f32 [places, 2] film pixels
 * @param rest   f32 [n, 2] film pixels
 * @throws Fault `latent-flow.argument` without points
 */
export function pointWeights(places: Float32Array, rest: Float32Array, { radius, ridge }: FlowReach): PointWeights {
  const points = rest.length / 2;
  if (points === 0)
    throw new Fault({
      code: 'latent-flow.argument',
      where: 'latent-flow.point-weights.rest',
      expected: 'at least one point',
      got: 'none',
      audience: 'author',
    });
  const nodes = places.length / 2;
  const data = new Float32Array(nodes * points);
  const near = new Float64Array(points);
  for (let node = 0; node < nodes; node++) {
    const [x, y] = [places[2 * node], places[2 * node + 1]];
    let [total, mx, my] = [0, 0, 0];
    for (let j = 0; j < points; j++) {
      near[j] = 1 / ((x - rest[2 * j]) ** 2 + (y - rest[2 * j + 1]) ** 2 + radius ** 2) ** 2;
      total += near[j];
      mx += near[j] * rest[2 * j];
      my += near[j] * rest[2 * j + 1];
    }
    [mx, my] = [mx / total, my / total];
    let [xx, xy, yy] = [ridge * total * radius ** 2, 0, ridge * total * radius ** 2];
    for (let j = 0; j < points; j++) {
      const [px, py] = [rest[2 * j] - mx, rest[2 * j + 1] - my];
      [xx, xy, yy] = [xx + near[j] * px * px, xy + near[j] * px * py, yy + near[j] * py * py];
    }
    const det = xx * yy - xy * xy;
    const [dx, dy] = [x - mx, y - my];
    const [sx, sy] = det > 1e-12 * (xx + yy) ** 2 ? [(yy * dx - xy * dy) / det, (xx * dy - xy * dx) / det] : [0, 0];
    for (let j = 0; j < points; j++)
      data[node * points + j] = near[j] / total + near[j] * (sx * (rest[2 * j] - mx) + sy * (rest[2 * j + 1] - my));
  }
  return { points, data };
}

/**
 * Where places, or the nodes of a grid, go with their points.
 *
 * @param moved   f32 [n, 2] where the points are now, film pixels
 * @param carried f32 [places, 2] written: film pixels
 */
export function carryNodes({ points, data }: PointWeights, moved: Float32Array, carried: Float32Array): void {
  for (let node = 0; 2 * node < carried.length; node++) {
    let [x, y] = [0, 0];
    for (let j = 0, at = node * points; j < points; j++, at++) {
      x += data[at] * moved[2 * j];
      y += data[at] * moved[2 * j + 1];
    }
    carried[2 * node] = x;
    carried[2 * node + 1] = y;
  }
}

/**
 * The vector-Jacobian product of `carryNodes`.
 *
 * @param gradient f32 [places, 2] of where the places are
 * @param moved    f32 [n, 2] written: of where the points are
 */
export function pullBackNodes({ points, data }: PointWeights, gradient: Float32Array, moved: Float32Array): void {
  const sums = new Float64Array(2 * points);
  for (let node = 0; 2 * node < gradient.length; node++)
    for (let j = 0, at = node * points; j < points; j++, at++) {
      sums[2 * j] += data[at] * gradient[2 * node];
      sums[2 * j + 1] += data[at] * gradient[2 * node + 1];
    }
  moved.set(sums);
}

/**
 * Where a place of a frame comes from: s with q(s) = x, by fixed-point rounds s ← s + x − q(s), q bilinear between
 * nodes. Each round leaves |∇q − 1| of what the one before it left, so a flow must not fold.
 *
 * @param carried f32 [rows, columns, 2] film pixels
 * @param source  written: film pixels
 */
export function sourceOf(
  { step, columns, rows }: FlowGrid,
  carried: Float32Array,
  place: { readonly x: number; readonly y: number },
  source: { x: number; y: number },
): void {
  let [x, y] = [place.x, place.y];
  for (let round = 0; round < ROUNDS; round++) {
    const gx = Math.min(columns - 1.001, Math.max(0, x / step));
    const gy = Math.min(rows - 1.001, Math.max(0, y / step));
    const at = 2 * (Math.floor(gy) * columns + Math.floor(gx));
    const [u, v] = [gx - Math.floor(gx), gy - Math.floor(gy)];
    const mix = (axis: number): number =>
      (1 - v) * ((1 - u) * carried[at + axis] + u * carried[at + 2 + axis]) +
      v * ((1 - u) * carried[at + 2 * columns + axis] + u * carried[at + 2 * columns + 2 + axis]);
    // Beyond the grid what its border does goes on.
    x += place.x - mix(0) - (x - gx * step);
    y += place.y - mix(1) - (y - gy * step);
  }
  source.x = x;
  source.y = y;
}

/**
 * Where each node of a frame comes from: p = q − d(p). Fixed-point rounds, a contraction where |∂d| is
 * below 1: at a half, four rounds leave a sixteenth of d.
 *
 * @param shifts  f32 [rows, columns] each: how far nodes go, film pixels
 * @param sources f32 [rows, columns] each, written: film pixels
 */
export function invertShifts({ step, columns, rows }: FlowGrid, shifts: NodeArrays, sources: NodeArrays): void {
  const { xs: dxs, ys: dys } = shifts;
  const nodes = columns * rows;
  for (let i = 0; i < nodes; i++) {
    const qx = (i % columns) * step;
    const qy = Math.floor(i / columns) * step;
    let [x, y] = [qx, qy];
    for (let round = 0; round < SHIFT_ROUNDS; round++) {
      const gx = Math.min(columns - 1.001, Math.max(0, x / step));
      const gy = Math.min(rows - 1.001, Math.max(0, y / step));
      const at = Math.floor(gy) * columns + Math.floor(gx);
      const fx = gx - Math.floor(gx);
      const fy = gy - Math.floor(gy);
      const [w00, w01, w10, w11] = [(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy];
      x = qx - (w00 * dxs[at] + w01 * dxs[at + 1] + w10 * dxs[at + columns] + w11 * dxs[at + columns + 1]);
      y = qy - (w00 * dys[at] + w01 * dys[at + 1] + w10 * dys[at + columns] + w11 * dys[at + columns + 1]);
    }
    sources.xs[i] = x;
    sources.ys[i] = y;
  }
}
