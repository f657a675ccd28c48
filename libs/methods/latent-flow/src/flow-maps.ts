import { toFace, toPicture, type FilmFace, type LipSeam, type Point } from '@soliloquy/face';
import type { CanonicalPoints } from './canonical-points.ts';
import type { Film } from './face-readouts.ts';
import type { Sources } from './face-warp.ts';
import { mouthFlow, REACH_ASIDE } from './mouth-flow.ts';
import { carryNodes, flowGrid, invertShifts, type FlowGrid, type NodeArrays } from './point-flow.ts';
import type { TrunkFlow, TrunkPose } from './trunk-flow.ts';

/** Where a film's pixels come from in the frame that was asked for last. */
export interface FlowMaps {
  /** @param tracks f32 [Q, 2] film pixels */
  pose(pose: TrunkPose, tracks: Float32Array): void;
  /** nodes of the whole film, and where they come from */
  readonly grid: FlowGrid;
  readonly sources: NodeArrays;
  /** pixels of the film in which the face is, and around it */
  readonly face: Readonly<Record<'left' | 'top' | 'right' | 'bottom', number>>;
  /** Writes where a place of the film comes from; not on the face. */
  sourceAt(x: number, y: number, source: { x: number; y: number }): void;
  /** The same on the face. */
  sourcesAt(place: Point): Sources;
}

/** Nodes are so many to the face's unit: lips move otherwise within a tenth of it, the body within much more. */
const NODES = { body: 8, face: 16 } as const;
/** The face's own nodes reach so far from the mouth, units of the face. */
const FACE = { aside: REACH_ASIDE + 0.2, above: 1.9, below: 1.2 } as const;

export function flowMaps(
  scene: Film & { readonly points: CanonicalPoints },
  { face, line }: { readonly face: FilmFace; readonly line: LipSeam },
  trunk: TrunkFlow,
): FlowMaps {
  const { points, width, height } = scene;
  const { unit } = points;
  const grid = flowGrid(width, height, Math.max(2, Math.min(8, Math.round(unit / NODES.body))));
  const whole = mapOf(grid, { left: 0, top: 0 });
  const onBody = trunk.placed(whole.places);
  const box = faceBox(face, scene);
  const step = Math.max(1, Math.round(unit / NODES.face));
  const faceGrid = flowGrid(box.right - box.left, box.bottom - box.top, step);
  const [above, below] = [mapOf(faceGrid, box), mapOf(faceGrid, box)];
  const onFace = trunk.placed(above.places);
  const mouth = mouthFlow(face, line, { points, trunk });
  const jaw = mouth.placed(above.places);
  const more = new Float32Array(above.places.length);
  return {
    grid,
    sources: whole.sources,
    face: box,
    pose(pose, tracks) {
      trunk.carry(onBody, pose, whole.shifts);
      invert(whole);
      trunk.carry(onFace, pose, above.shifts);
      invert(above);
      carryNodes(jaw, mouth.beyond(pose, tracks), more);
      more.forEach((value, i) => (below.shifts[i] = above.shifts[i] + value));
      invert(below);
    },
    sourceAt: (x, y, source) => between(whole, x, y, source),
    sourcesAt({ x, y }) {
      const sources = { above: { x: 0, y: 0 }, below: { x: 0, y: 0 } };
      between(above, x, y, sources.above);
      between(below, x, y, sources.below);
      return sources;
    },
  };
}

/** A grid's own map, film pixels; `sources` are less `left` and `top`. */
interface GridMap {
  readonly grid: FlowGrid;
  readonly left: number;
  readonly top: number;
  /** f32 [rows, columns, 2] where nodes are, and how far they go */
  readonly places: Float32Array;
  readonly shifts: Float32Array;
  readonly sources: NodeArrays;
  readonly scratch: NodeArrays;
}

function mapOf(grid: FlowGrid, { left, top }: { readonly left: number; readonly top: number }): GridMap {
  const nodes = grid.columns * grid.rows;
  const places = Float32Array.from({ length: 2 * nodes }, (_, i) => {
    const node = i >> 1;
    return i % 2 === 0 ? left + grid.step * (node % grid.columns) : top + grid.step * Math.floor(node / grid.columns);
  });
  const arrays = (): NodeArrays => ({ xs: new Float32Array(nodes), ys: new Float32Array(nodes) });
  return { grid, left, top, places, shifts: new Float32Array(2 * nodes), sources: arrays(), scratch: arrays() };
}

function invert({ grid, shifts, scratch, sources }: GridMap): void {
  for (let i = 0; i < scratch.xs.length; i++) {
    scratch.xs[i] = shifts[2 * i];
    scratch.ys[i] = shifts[2 * i + 1];
  }
  invertShifts(grid, scratch, sources);
}

function between({ grid, left, top, sources }: GridMap, x: number, y: number, source: { x: number; y: number }): void {
  const { step, columns, rows } = grid;
  const gx = Math.min(columns - 1.001, Math.max(0, (x - left) / step));
  const gy = Math.min(rows - 1.001, Math.max(0, (y - top) / step));
  const at = Math.floor(gy) * columns + Math.floor(gx);
  const [u, v] = [gx - Math.floor(gx), gy - Math.floor(gy)];
  const { xs, ys } = sources;
  source.x =
    left + (1 - v) * ((1 - u) * xs[at] + u * xs[at + 1]) + v * ((1 - u) * xs[at + columns] + u * xs[at + columns + 1]);
  source.y =
    top + (1 - v) * ((1 - u) * ys[at] + u * ys[at + 1]) + v * ((1 - u) * ys[at + columns] + u * ys[at + columns + 1]);
}

/** Upright, whole pixels within the film. */
function faceBox(face: FilmFace, { width, height }: Film): FlowMaps['face'] {
  const chin = face.local('chin')?.v ?? 0.65;
  const { u } = toFace(face, face.origin.x, face.origin.y);
  const corners = [-FACE.aside, FACE.aside].flatMap((aside) =>
    [-FACE.above, chin + FACE.below].map((v) => toPicture(face, u + aside, v)),
  );
  const [xs, ys] = [corners.map(({ x }) => x), corners.map(({ y }) => y)];
  const within = (value: number, most: number): number => Math.min(most, Math.max(0, Math.round(value)));
  return {
    left: within(Math.min(...xs), width - 2),
    top: within(Math.min(...ys), height - 2),
    right: Math.max(2, within(Math.max(...xs), width)),
    bottom: Math.max(2, within(Math.max(...ys), height)),
  };
}
