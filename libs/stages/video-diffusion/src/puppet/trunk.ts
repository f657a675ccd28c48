import type { FilmFace, Point } from '@soliloquy/face';
import { smoothstep } from '@soliloquy/signal';
import { nodeOf, type FilmGrid } from './film-grid.ts';

/** How far a shoulder is raised at most, and how far a shift of weight goes, widths of the shoulders. */
export const SHRUG = 0.07;
const SHIFT = 0.035;
/** How far sway and breath go, units of the face. */
export const SWAY = 0.045;
export const BREATH = 0.018;

/** The upper body, and how much of each node's motion is whose. */
export interface Trunk {
  /** what the upper body leans about, film pixels */
  readonly hips: Point;
  /** film pixels of a whole shift of weight */
  readonly shiftBy: number;
  /** film pixels of a whole shrug */
  readonly shrugBy: number;
  /** f32 [nodes] 0 … 1 */
  readonly breathWeights: Float32Array;
  readonly swayWeights: Float32Array;
  readonly leanWeights: Float32Array;
  readonly shiftWeights: Float32Array;
  /** of the left and the right shoulder; all 0 where the picture does not show it */
  readonly shrugWeights: { readonly left: Float32Array; readonly right: Float32Array };
}

/** Where the trunk is, film pixels. */
export interface TrunkPlace {
  readonly height: number;
  /** of the line of the shoulders */
  readonly shoulderY: number;
  /** distance of the shoulders */
  readonly shoulderWidth: number;
}

/** Breath and sway fade from the shoulders to the hips, lean on the way up from them; a shift ends at the ankles. */
export function trunkOf(face: FilmFace, grid: FilmGrid, { height, shoulderY, shoulderWidth }: TrunkPlace): Trunk {
  const { unit } = face;
  const [left, right] = [face.film('leftHip'), face.film('rightHip')];
  const hipY = left && right ? (left.y + right.y) / 2 : (left ?? right)?.y;
  const below = Math.min(height, face.film('leftHip')?.y ?? shoulderY + 3.4 * unit);
  const hips = {
    x: left && right ? (left.x + right.x) / 2 : face.origin.x,
    y: hipY ?? shoulderY + 1.5 * shoulderWidth,
  };
  const ankle = Math.max(face.film('leftAnkle')?.y ?? 0, face.film('rightAnkle')?.y ?? 0);
  const weights = (of: (x: number, y: number) => number): Float32Array =>
    Float32Array.from({ length: grid.nodes }, (_, i) => {
      const { x, y } = nodeOf(grid, i);
      return of(x, y);
    });
  const shrug = (side: 'left' | 'right'): Float32Array => {
    const shoulder = face.film(`${side}Shoulder`);
    return weights((x, y) =>
      shoulder
        ? Math.exp(
            -(((x - shoulder.x) / (0.26 * shoulderWidth)) ** 2) - ((y - shoulder.y) / (0.32 * shoulderWidth)) ** 2,
          )
        : 0,
    );
  };
  return {
    hips,
    shiftBy: SHIFT * shoulderWidth,
    shrugBy: SHRUG * shoulderWidth,
    breathWeights: weights((_, y) => 1 - smoothstep(shoulderY - 0.2 * unit, below, y)),
    swayWeights: weights((_, y) => 1 - smoothstep(shoulderY - 0.5 * unit, below, y)),
    leanWeights: weights((_, y) => 1 - smoothstep(shoulderY, Math.max(hips.y, shoulderY + shoulderWidth), y)),
    shiftWeights: weights((_, y) => (ankle > 0 ? 1 - smoothstep(hips.y, ankle, y) : 1)),
    shrugWeights: { left: shrug('left'), right: shrug('right') },
  };
}
