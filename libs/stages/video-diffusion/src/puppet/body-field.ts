import type { FilmFace, Point } from '@soliloquy/face';
import { bodyParts, type BodyParts } from './body-parts.ts';
import { nodeOf, type FilmGrid } from './film-grid.ts';
import type { MotionChannel, PuppetMotion } from './motion.ts';

/** X and y of points, f32, film pixels. */
export interface PointArrays {
  readonly xs: Float32Array;
  readonly ys: Float32Array;
}

/**
 * The smooth part of the puppet's motion, sampled on a grid over the film: head (a textured ellipsoid turned in depth),
 * breath and sway of the upper body, arms. A node moves by the sum of what its regions do, each weighted by a C1
 * falloff, so nothing tears.
 */
export interface BodyField {
  readonly grid: FilmGrid;
  /** How far anything near a place travels in a whole motion, film pixels; an upper bound. */
  travel(motion: PuppetMotion): (x: number, y: number) => number;
  /**
   * Where the pixels of a frame come from.
   *
   * @param sources f32 [rows, columns] each, written: film pixels
   */
  backward(motion: PuppetMotion, frame: number, sources: PointArrays): void;
}

/** @param covered whether the person covers a film pixel: an arm that is guessed to be where nobody is does not move */
export function bodyField(
  face: FilmFace,
  width: number,
  height: number,
  covered: (x: number, y: number) => boolean,
): BodyField {
  const parts = bodyParts(face, width, height, covered);
  const { grid } = parts;
  const moved: PointArrays = { xs: new Float32Array(grid.nodes), ys: new Float32Array(grid.nodes) };
  return {
    grid,
    travel(motion) {
      const bounds = travelBounds(parts, motion);
      // What is seen at a place may come from some way off, where things travel further.
      return (x, y) => mostNear(grid, bounds, x, y);
    },
    backward(motion, frame, sources) {
      displace(parts, motion, frame, moved);
      invert(grid, moved, sources);
    },
  };
}

/** How far each node moves in a frame: the sum of its parts' motions. Writes f32 [rows, columns] each, film pixels. */
function displace(parts: BodyParts, motion: PuppetMotion, frame: number, moved: PointArrays): void {
  const { face, grid, neck, headWeights, depths, breathWeights, swayWeights, arms } = parts;
  const of = (name: MotionChannel): number => motion.channels[name][frame];
  const { unit, right, down } = face;
  const { step, columns, nodes } = grid;
  const [sinYaw, cosYaw, sinPitch, sinRoll, cosRoll] = [
    Math.sin(of('yaw')),
    Math.cos(of('yaw')),
    Math.sin(of('pitch')),
    Math.sin(of('roll')),
    Math.cos(of('roll')),
  ];
  const [headX, headY, breath, sway] = [of('headX') * unit, of('headY') * unit, of('breath'), of('sway')];
  const turned = arms.map((one) => one.turns.map((turn) => turn * of(one.channel)));
  for (let i = 0; i < nodes; i++) {
    const x = (i % columns) * step;
    const y = Math.floor(i / columns) * step;
    let dx = 0.045 * unit * sway * swayWeights[i];
    let dy = -0.018 * unit * breath * breathWeights[i];
    const head = headWeights[i];
    if (head > 0) {
      const rx = x - neck.x;
      const ry = y - neck.y;
      const turn = depths[i] * sinYaw + (rx * right.x + ry * right.y) * (cosYaw - 1);
      const nodded = depths[i] * sinPitch;
      dx += head * (headX + turn * right.x + nodded * down.x + rx * (cosRoll - 1) - ry * sinRoll);
      dy += head * (headY + turn * right.y + nodded * down.y + rx * sinRoll + ry * (cosRoll - 1));
    }
    for (let a = 0; a < arms.length; a++) {
      const { weights, handWeights, pivot, wrist } = arms[a];
      const weight = weights[i];
      if (weight > 0) {
        const [sin, cos] = [Math.sin(turned[a][0]), Math.cos(turned[a][0])];
        dx += weight * ((x - pivot.x) * (cos - 1) - (y - pivot.y) * sin);
        dy += weight * ((x - pivot.x) * sin + (y - pivot.y) * (cos - 1));
      }
      const hand = handWeights[i];
      if (hand > 0) {
        const sin = Math.sin(turned[a][1]);
        dx -= hand * (y - wrist.y) * sin;
        dy += hand * (x - wrist.x) * sin;
      }
    }
    moved.xs[i] = dx;
    moved.ys[i] = dy;
  }
}

/**
 * Where each node of a frame comes from: p = q − d(p). A contraction, since the falloffs keep |∂d| below a half; four
 * rounds leave less than a tenth of a pixel.
 */
function invert(grid: FilmGrid, moved: PointArrays, sources: PointArrays): void {
  const { step, columns, rows, nodes } = grid;
  const { xs: dxs, ys: dys } = moved;
  for (let i = 0; i < nodes; i++) {
    const qx = (i % columns) * step;
    const qy = Math.floor(i / columns) * step;
    let [x, y] = [qx, qy];
    for (let round = 0; round < 4; round++) {
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

/** f32 [nodes] how far each node travels at most in a whole motion, film pixels. */
function travelBounds(parts: BodyParts, motion: PuppetMotion): Float32Array {
  const { face, grid, neck, headWeights, depths, breathWeights, swayWeights, arms } = parts;
  const most = Object.fromEntries(
    Object.entries(motion.channels).map(([name, values]) => [
      name,
      values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0),
    ]),
  ) as Record<MotionChannel, number>;
  return Float32Array.from({ length: grid.nodes }, (_, i) => {
    const { x, y } = nodeOf(grid, i);
    const about = (point: Point): number => Math.abs(x - point.x) + Math.abs(y - point.y);
    let bound = face.unit * (0.045 * most.sway * swayWeights[i] + 0.018 * most.breath * breathWeights[i]);
    bound +=
      headWeights[i] *
      (face.unit * (most.headX + most.headY) +
        depths[i] * (most.yaw + most.pitch) +
        about(neck) * (most.roll + most.yaw ** 2 / 2));
    for (const one of arms)
      bound +=
        most[one.channel] *
        (one.weights[i] * Math.abs(one.turns[0]) * about(one.pivot) +
          one.handWeights[i] * Math.abs(one.turns[1]) * about(one.wrist));
    // A little more for the second-order terms of the rotations.
    return 1.05 * bound;
  });
}

/** The largest of a grid's values within two nodes of a place. */
function mostNear({ step, columns, rows }: FilmGrid, values: Float32Array, x: number, y: number): number {
  const [column, row] = [Math.round(x / step), Math.round(y / step)];
  let most = 0;
  for (let r = Math.max(0, row - 2); r <= Math.min(rows - 1, row + 2); r++)
    for (let c = Math.max(0, column - 2); c <= Math.min(columns - 1, column + 2); c++)
      most = Math.max(most, values[r * columns + c]);
  return most;
}
