import type { Point } from '@soliloquy/face';
import { invertShifts } from '@soliloquy/latent-flow';
import type { Landmarks } from '@soliloquy/ports';
import { bodyParts, type BodyParts } from './body-parts.ts';
import { nodeOf, type FilmGrid } from './film-grid.ts';
import { poseOf, type ArmRigs } from './limbs/arm-pose.ts';
import { addPull, farthestPull, shoulderPull } from './limbs/shoulder-pull.ts';
import type { MotionChannel, PuppetMotion } from './motion.ts';
import { BREATH, SWAY } from './trunk.ts';

/** X and y of points, f32, film pixels. */
export interface PointArrays {
  readonly xs: Float32Array;
  readonly ys: Float32Array;
}

/**
 * The smooth part of the puppet's motion, sampled on a grid over the film: head (a textured ellipsoid turned in depth),
 * breath, sway, lean and shift of the upper body, shoulders. A node moves by the sum of what its regions do, each
 * weighted by a C1 falloff, so nothing tears.
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
  /** Prepares `carried` for a frame. */
  carry(motion: PuppetMotion, frame: number): void;
  /** How far what hangs on the trunk at a place goes with it, film pixels: all but head and shoulders. */
  carried(x: number, y: number, out: { x: number; y: number }): void;
}

/**
 * @param width film pixels
 * @param rigs  arms that move by themselves: they take along what is around their shoulders
 */
export function bodyField(landmarks: Landmarks, width: number, height: number, rigs: ArmRigs = {}): BodyField {
  const parts = bodyParts(landmarks, width, height);
  const { grid } = parts;
  const pulls = Object.values(rigs).map((rig) => shoulderPull(rig, grid));
  const moved: PointArrays = { xs: new Float32Array(grid.nodes), ys: new Float32Array(grid.nodes) };
  const trunk: PointArrays = { xs: new Float32Array(grid.nodes), ys: new Float32Array(grid.nodes) };
  return {
    grid,
    travel(motion) {
      const bounds = travelBounds(parts, motion);
      for (const pull of pulls) {
        const farthest = farthestPull(pull, motion);
        pull.weights.forEach((weight, i) => (bounds[i] += weight * farthest));
      }
      // What is seen at a place may come from some way off, where things travel further.
      return (x, y) => mostNear(grid, bounds, x, y);
    },
    backward(motion, frame, sources) {
      moveTrunk(parts, motion, frame, moved);
      moveHeadAndShoulders(parts, motion, frame, moved);
      for (const pull of pulls) addPull(pull, grid, poseOf(pull.rig, motion, frame), moved);
      invertShifts(grid, moved, sources);
    },
    carry: (motion, frame) => moveTrunk(parts, motion, frame, trunk),
    carried(x, y, out) {
      const gx = Math.min(grid.columns - 1.001, Math.max(0, x / grid.step));
      const gy = Math.min(grid.rows - 1.001, Math.max(0, y / grid.step));
      const at = Math.floor(gy) * grid.columns + Math.floor(gx);
      const [fx, fy] = [gx - Math.floor(gx), gy - Math.floor(gy)];
      const mix = (values: Float32Array): number =>
        (1 - fy) * ((1 - fx) * values[at] + fx * values[at + 1]) +
        fy * ((1 - fx) * values[at + grid.columns] + fx * values[at + grid.columns + 1]);
      out.x = mix(trunk.xs);
      out.y = mix(trunk.ys);
    },
  };
}

/** How far the trunk moves each node. Writes f32 [rows, columns] each, film pixels. */
function moveTrunk(parts: BodyParts, { channels }: PuppetMotion, frame: number, moved: PointArrays): void {
  const { face, grid, hips, breathWeights, swayWeights, leanWeights, shiftWeights } = parts;
  const { step, columns, nodes } = grid;
  const [sway, breath] = [SWAY * face.unit * channels.sway[frame], BREATH * face.unit * channels.breath[frame]];
  const shift = parts.shiftBy * channels.shift[frame];
  const [sin, cos] = [Math.sin(channels.lean[frame]), Math.cos(channels.lean[frame])];
  for (let i = 0; i < nodes; i++) {
    const [rx, ry] = [(i % columns) * step - hips.x, Math.floor(i / columns) * step - hips.y];
    const lean = leanWeights[i];
    moved.xs[i] = sway * swayWeights[i] + shift * shiftWeights[i] + lean * (rx * (cos - 1) - ry * sin);
    moved.ys[i] = -breath * breathWeights[i] + lean * (rx * sin + ry * (cos - 1));
  }
}

/** Adds what head and shoulders do beyond the trunk. */
function moveHeadAndShoulders(parts: BodyParts, motion: PuppetMotion, frame: number, moved: PointArrays): void {
  const { face, grid, neck, headWeights, depths, shrugWeights, shrugBy } = parts;
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
  const [headX, headY] = [of('headX') * unit, of('headY') * unit];
  const [leftShrug, rightShrug] = [shrugBy * of('leftShrug'), shrugBy * of('rightShrug')];
  for (let i = 0; i < nodes; i++) {
    moved.ys[i] -= leftShrug * shrugWeights.left[i] + rightShrug * shrugWeights.right[i];
    const head = headWeights[i];
    if (head === 0) continue;
    const rx = (i % columns) * step - neck.x;
    const ry = Math.floor(i / columns) * step - neck.y;
    const turn = depths[i] * sinYaw + (rx * right.x + ry * right.y) * (cosYaw - 1);
    const nodded = depths[i] * sinPitch;
    moved.xs[i] += head * (headX + turn * right.x + nodded * down.x + rx * (cosRoll - 1) - ry * sinRoll);
    moved.ys[i] += head * (headY + turn * right.y + nodded * down.y + rx * sinRoll + ry * (cosRoll - 1));
  }
}

/** f32 [nodes] how far each node travels at most in a whole motion, film pixels. */
function travelBounds(parts: BodyParts, motion: PuppetMotion): Float32Array {
  const { face, grid, neck, hips, headWeights, depths } = parts;
  const most = Object.fromEntries(
    Object.entries(motion.channels).map(([name, values]) => [
      name,
      values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0),
    ]),
  ) as Record<MotionChannel, number>;
  return Float32Array.from({ length: grid.nodes }, (_, i) => {
    const { x, y } = nodeOf(grid, i);
    const about = (point: Point): number => Math.abs(x - point.x) + Math.abs(y - point.y);
    const ofTrunk =
      face.unit * (SWAY * most.sway * parts.swayWeights[i] + BREATH * most.breath * parts.breathWeights[i]) +
      parts.shiftBy * most.shift * parts.shiftWeights[i] +
      parts.leanWeights[i] * most.lean * about(hips);
    const ofShoulders =
      parts.shrugBy * (most.leftShrug * parts.shrugWeights.left[i] + most.rightShrug * parts.shrugWeights.right[i]);
    const ofHead =
      headWeights[i] *
      (face.unit * (most.headX + most.headY) +
        depths[i] * (most.yaw + most.pitch) +
        about(neck) * (most.roll + most.yaw ** 2 / 2));
    // A little more for the second-order terms of the rotations.
    return 1.05 * (ofTrunk + ofShoulders + ofHead);
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
