import type { Point } from '@soliloquy/face';
import { smoothstep } from '@soliloquy/signal';
import type { Arm } from './arms.ts';
import type { BodyLayer } from './body-layers.ts';

/** Over what a bone's motion goes over into the next one's on either side of a joint, widths of the shoulders. */
const BLEND = { shoulder: 0.1, elbow: 0.1, wrist: 0.05 } as const;

/** One piece of an arm as a mesh of squares over what it covers, with the share that each bone has in its nodes. */
export interface LimbMesh {
  /** pixels of a square's side */
  readonly step: number;
  readonly nodes: readonly Point[];
  /** i32 [cells, 4] nodes of each square: upper left, upper right, lower left, lower right */
  readonly cells: Int32Array;
  /** f32 [nodes] shares of upper arm, forearm and hand; what is left stays with the trunk */
  readonly upperArm: Float32Array;
  readonly forearm: Float32Array;
  readonly hand: Float32Array;
}

/** Where the bones of an arm are at rest, and whether it bends. */
export interface LimbBones {
  /** pixels between the joints of the shoulders */
  readonly unit: number;
  /** whether the forearm is a layer of its own: one that points at the camera only follows */
  readonly bends: boolean;
}

/** @param layer a piece of this arm, pixels of the layers */
export function limbMesh(layer: BodyLayer, arm: Arm, bones: LimbBones): LimbMesh {
  const step = Math.max(3, Math.round(bones.unit / 32));
  const { nodes, cells } = squaresOver(layer, step);
  const shares = nodes.map((node) => limbShares(layer.part, node, { ...arm, ...bones }));
  return {
    step,
    nodes,
    cells,
    upperArm: Float32Array.from(shares, ([upperArm]) => upperArm),
    forearm: Float32Array.from(shares, ([, forearm]) => forearm),
    hand: Float32Array.from(shares, ([, , hand]) => hand),
  };
}

/** Squares that hold anything of the layer, or touch what does. */
function squaresOver({ image }: BodyLayer, step: number): Pick<LimbMesh, 'nodes' | 'cells'> {
  const { width, height, data } = image;
  const [columns, rows] = [Math.ceil(width / step), Math.ceil(height / step)];
  const full = new Uint8Array(columns * rows);
  for (let i = 0; i < width * height; i++) {
    if (data[4 * i + 3] === 0) continue;
    const [x, y] = [i % width, Math.floor(i / width)];
    // A soft edge is sampled a little way beyond it.
    for (const [dx, dy] of [
      [-2, -2],
      [2, -2],
      [-2, 2],
      [2, 2],
    ]) {
      const column = Math.min(columns - 1, Math.max(0, Math.floor((x + dx) / step)));
      full[Math.min(rows - 1, Math.max(0, Math.floor((y + dy) / step))) * columns + column] = 1;
    }
  }
  const index = new Map<number, number>();
  const nodes: Point[] = [];
  const node = (column: number, row: number): number => {
    const key = row * (columns + 1) + column;
    let at = index.get(key);
    if (at === undefined) {
      at = nodes.push({ x: column * step, y: row * step }) - 1;
      index.set(key, at);
    }
    return at;
  };
  const cells: number[] = [];
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      if (full[row * columns + column])
        cells.push(node(column, row), node(column + 1, row), node(column, row + 1), node(column + 1, row + 1));
  return { nodes, cells: Int32Array.from(cells) };
}

/**
 * Shares of upper arm, forearm and hand in what is at a place of a piece; what is left stays with the trunk.
 *
 * @param node pixels, as the arm's joints are
 */
export function limbShares(
  part: BodyLayer['part'],
  node: Point,
  { shoulder, elbow, wrist, palm, unit, bends }: Arm & LimbBones,
): [number, number, number] {
  const blend = (from: Point, to: Point, end: 'from' | 'to', over: number): number => {
    const length = Math.max(1e-3, Math.hypot(to.x - from.x, to.y - from.y));
    const along = ((node.x - from.x) * (to.x - from.x) + (node.y - from.y) * (to.y - from.y)) / length;
    return smoothstep(-over * unit, over * unit, end === 'from' ? along : along - length);
  };
  if (part === 'hand' && !bends) return [0, 0, 1];
  if (part === 'upperArm') {
    const below = bends ? blend(shoulder, elbow, 'to', BLEND.elbow) : 0;
    const own = blend(shoulder, elbow, 'from', BLEND.shoulder);
    return [own * (1 - below), own * below, 0];
  }
  const hand = blend(wrist, palm, 'from', BLEND.wrist);
  const below = part === 'hand' ? 1 : blend(elbow, wrist, 'from', BLEND.elbow);
  return [(1 - hand) * (1 - below), (1 - hand) * below, hand];
}
