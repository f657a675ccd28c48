import type { FaceFrame } from './face-frame.ts';
import type { Colour } from './face-colours.ts';
import { luma, patchColour } from './face-colours.ts';

const COLUMNS = 49;
const ROWS = 61;

/** Where the lips part, in face coordinates. */
export interface LipLine {
  /** `a` of the mouth's middle */
  readonly centre: number;
  /** half of the distance between the corners */
  readonly halfWidth: number;
  /** `b` of the line at `a`; beyond the corners it goes on straight */
  readonly at: (a: number) => number;
  /** The picture shows teeth: the line is their lower edge. */
  readonly smiling: boolean;
  /** `b` of the lower lip's lower edge and of the upper lip's upper edge, in the middle */
  readonly lowerEdge: number;
  readonly upperEdge: number;
}

/**
 * Finds the seam along which the mouth opens. Landmarks give corners and middle; the picture says where exactly: along the darkest path from corner to corner (dynamic
 * programming), or along the lower edge of the teeth where a smile shows them. Teeth are told from lips and skin by how little red they are.
 */
export function lipLine(face: FaceFrame, read: (a: number, b: number) => Colour): LipLine {
  const corners = [face.local('mouthLeft') ?? { a: 0.35, b: 0 }, face.local('mouthRight') ?? { a: -0.35, b: 0 }].sort((p, q) => p.a - q.a);
  const [left, right] = corners;
  const centre = (left.a + right.a) / 2;
  const halfWidth = Math.max(0.12, (right.a - left.a) / 2);
  const upperEdge = Math.min(-0.03, face.local('upperLipTop')?.b ?? -0.1);
  const lowerEdge = Math.max(0.04, face.local('lowerLipBottom')?.b ?? 0.13);
  const straight = (t: number): number => left.b + ((right.b - left.b) * (t + 1)) / 2;
  const sag = -straight(-centre / halfWidth);
  const expected = (t: number): number => straight(t) + sag * Math.max(0, 1 - t * t);
  const columnT = (i: number): number => 0.94 * ((2 * i) / (COLUMNS - 1) - 1);

  const skin = patchColour(read, centre, (lowerEdge + (face.local('chin')?.b ?? 0.6)) / 2, 0.12, 0.05);
  const redness = (colour: Colour): number => colour[0] / Math.max(0.02, colour[0] + colour[1] + colour[2]);
  const teethEdges = Array.from({ length: COLUMNS }, (_, i) => {
    const t = columnT(i);
    let [lowest, count] = [Number.NaN, 0];
    // Short of the lips' outer edges, beyond which light skin could pass for teeth.
    const from = expected(t) + 0.65 * upperEdge * (1 - t * t);
    const to = expected(t) + 0.8 * lowerEdge * (1 - t * t);
    for (let j = 0; j < ROWS; j++) {
      const b = from + ((to - from) * j) / (ROWS - 1);
      const colour = read(centre + t * halfWidth, b);
      if (redness(colour) < redness(skin) - 0.016 && luma(colour) > 0.85 * luma(skin)) {
        lowest = b;
        count += (to - from) / (ROWS - 1);
      }
    }
    return count > 0.03 ? lowest + 0.012 : Number.NaN;
  });
  const middle = teethEdges.slice(COLUMNS / 4, (3 * COLUMNS) / 4);
  const smiling = middle.filter(Number.isFinite).length > 0.6 * middle.length;

  const offsets = smiling ? teethPath() : darkestPath();
  const at = (a: number): number => {
    const t = (a - centre) / halfWidth;
    if (Math.abs(t) >= 1) return straight(t);
    const position = ((t / 0.94 + 1) / 2) * (COLUMNS - 1);
    const i = Math.min(COLUMNS - 2, Math.max(0, Math.floor(position)));
    const u = Math.min(1, Math.max(0, position - i));
    return expected(t) + (1 - u) * offsets[i] + u * offsets[i + 1];
  };
  return { centre, halfWidth, at, smiling, lowerEdge, upperEdge };

  /** Offset from the expected line of the lowest teeth; where a column has none, it goes on evenly to the corner. */
  function teethPath(): Float64Array {
    const found = teethEdges.map((b, i) => ({ i, offset: b - expected(columnT(i)) })).filter(({ offset }) => Number.isFinite(offset));
    const raw = Float64Array.from({ length: COLUMNS }, (_, i) => {
      const before = found.findLast((one) => one.i <= i) ?? { i: -1, offset: 0 };
      const after = found.find((one) => one.i >= i) ?? { i: COLUMNS, offset: 0 };
      return after.i === before.i ? before.offset : before.offset + ((after.offset - before.offset) * (i - before.i)) / (after.i - before.i);
    });
    return smoothed(raw, 3);
  }

  function darkestPath(): Float64Array {
    const reach = (i: number, j: number): number => ((2 * j) / (ROWS - 1) - 1) * 0.11 * Math.sqrt(1 - columnT(i) ** 2 * 0.98);
    const darkness = (i: number, j: number): number => luma(read(centre + columnT(i) * halfWidth, expected(columnT(i)) + reach(i, j)));
    const cost = (i: number, j: number): number => darkness(i, j) / Math.max(0.05, luma(skin)) + 0.8 * (reach(i, j) / 0.11) ** 2 * 0.3;
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
    const path = new Float64Array(COLUMNS);
    for (let i = COLUMNS - 1; i >= 0; i--) {
      path[i] = reach(i, j);
      if (i > 0) j = from[i - 1][j];
    }
    return smoothed(path, 2);
  }
}

/** Binomial smoothing with the ends held at 0, since the corners are known. */
function smoothed(values: Float64Array, rounds: number): Float64Array {
  let current = values;
  for (let round = 0; round < rounds; round++) current = current.map((value, i) => ((current[i - 1] ?? 0) + 2 * value + (current[i + 1] ?? 0)) / 4);
  return current;
}
