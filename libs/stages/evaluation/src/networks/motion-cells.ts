/** pixels of a side at which motion is looked at */
export const SIDE = 256;
/** points of a side of the grid that is followed, frames of a window */
export const GRID = 20;
export const WINDOW = 16;
/** frames and points of a side of a cell */
const [CELL_FRAMES, CELL_SIDE] = [4, 5];
const ANGLES = 8;
const MOST = 255;
const CELLS = (WINDOW / CELL_FRAMES) * (GRID / CELL_SIDE) ** 2;

/** Numbers of a window: 64 cells by 8 angles of velocities, then of accelerations. */
export const MOTION_WIDTH = 2 * CELLS * ANGLES;
/** What FVMD adds to the diagonals of covariances inside the root. */
export const FVMD_RIDGE = 1e-5;

/** Pixel of the margin that the grid leaves. */
const MARGIN = 8;

/** Where the grid begins: x, y of 20x20 points, row by row, 8 pixels within the border. f32 [400, 2] */
export function gridPoints(): Float32Array {
  return Float32Array.from({ length: 2 * GRID * GRID }, (_, i) => {
    const place = i % 2 === 0 ? (i >> 1) % GRID : Math.floor((i >> 1) / GRID);
    return MARGIN + (place / (GRID - 1)) * (SIDE - 2 * MARGIN);
  });
}

/**
 * What FVMD (Liu et al. 2024) calls acceleration. `paper`: differences of the velocities. `code`: what the published
 * program computes, which differences the tracks again, so that it is the velocity from the third frame on.
 */
export type Acceleration = 'paper' | 'code';

/**
 * Histograms of the motion of one window: velocities v_f = p_f − p_{f−1} (zero in the first frame) and accelerations
 * (zero in the first two), in cells of 4 frames by 5x5 points, by 8 sectors of arctan2(v_x, v_y) from −π on, each
 * vector weighed ⌈log2(min(|v|, 255) + 1)⌉ / 8.
 *
 * @param tracks f32 [16, 400, 2] x, y, pixels of 256²
 * @returns      f64 [1024], order by cell by sector
 */
export function motionCells(tracks: Float32Array, acceleration: Acceleration): Float64Array {
  const row = new Float64Array(MOTION_WIDTH);
  const points = GRID * GRID;
  const at = (frame: number, point: number, axis: number): number => tracks[2 * (frame * points + point) + axis];
  // Of single precision, as the tracks are: more digits may put a difference on the other side of a bin.
  const step = (frame: number, point: number, axis: number): number =>
    frame < 1 ? 0 : Math.fround(at(frame, point, axis) - at(frame - 1, point, axis));
  for (let frame = 0; frame < WINDOW; frame++)
    for (let point = 0; point < points; point++) {
      const velocity = [step(frame, point, 0), step(frame, point, 1)] as const;
      put(row, 0, frame, point, velocity);
      put(
        row,
        1,
        frame,
        point,
        frame < 2
          ? [0, 0]
          : second(
              acceleration,
              velocity,
              [0, 1].map((axis) => step(frame - 1, point, axis)),
            ),
      );
    }
  return row;
}

function second(
  acceleration: Acceleration,
  now: readonly [number, number],
  before: readonly number[],
): readonly [number, number] {
  return acceleration === 'code' ? now : [Math.fround(now[0] - before[0]), Math.fround(now[1] - before[1])];
}

function put(row: Float64Array, order: 0 | 1, frame: number, point: number, [x, y]: readonly [number, number]): void {
  const side = GRID / CELL_SIDE;
  const across = Math.floor((point % GRID) / CELL_SIDE);
  const down = Math.floor(Math.floor(point / GRID) / CELL_SIDE);
  const cell = (Math.floor(frame / CELL_FRAMES) * side + down) * side + across;
  const sector = Math.min(ANGLES - 1, Math.floor((Math.atan2(x, y) + Math.PI) / ((2 * Math.PI) / ANGLES)));
  const weight = Math.ceil(Math.log2(Math.min(MOST, Math.hypot(x, y)) + 1)) / 8;
  row[order * (MOTION_WIDTH / 2) + cell * ANGLES + sector] += weight;
}
