import { toFace, toPicture, type FilmFace, type Point } from '@soliloquy/face';
import { smoothstep } from '@soliloquy/signal';
import { armOf, type Arm } from './arm.ts';
import { filmGrid, nodeOf, type FilmGrid } from './film-grid.ts';

/** What of the body moves, and how much of each node's motion is whose. */
export interface BodyParts {
  readonly face: FilmFace;
  readonly grid: FilmGrid;
  /** what the head turns about, film pixels */
  readonly neck: Point;
  /** f32 [nodes] 0 … 1 */
  readonly headWeights: Float32Array;
  readonly breathWeights: Float32Array;
  readonly swayWeights: Float32Array;
  /** f32 [nodes] how far the head's surface stands before its axis, film pixels */
  readonly depths: Float32Array;
  readonly arms: readonly Arm[];
}

/** @param covered whether the person covers a film pixel: an arm that is guessed to be where nobody is does not move */
export function bodyParts(
  face: FilmFace,
  width: number,
  height: number,
  covered: (x: number, y: number) => boolean,
): BodyParts {
  const grid = filmGrid(width, height, face.unit);
  const chin = face.local('chin') ?? { u: 0, v: 0.65 };
  const shoulders = shoulderHeight(face, chin.v);
  return {
    face,
    grid,
    neck: toPicture(face, chin.u * 0.5, chin.v + 0.45 * (shoulders.v - chin.v)),
    ...headOf(face, grid, chin.v, shoulders.v),
    ...torsoOf(face, grid, height, shoulders.film.y),
    arms: (['left', 'right'] as const)
      .map((side) => armOf(side, face, grid, covered))
      .filter((found): found is Arm => found !== undefined),
  };
}

/** The head, an ellipsoid with a nose: all of it above the chin, nothing below the shoulders. */
function headOf(
  face: FilmFace,
  grid: FilmGrid,
  chin: number,
  shoulders: number,
): Pick<BodyParts, 'headWeights' | 'depths'> {
  const top = face.local('headTop') ?? { u: 0, v: -2.2 };
  const middle = (chin + top.v) / 2;
  const reach = { u: 0.5 * Math.max(1.6, chin - top.v) * 0.8, v: 0.5 * Math.max(1.6, chin - top.v) };
  const nose = face.local('noseTip') ?? { u: 0, v: -0.4 };
  const headWeights = new Float32Array(grid.nodes);
  const depths = new Float32Array(grid.nodes);
  for (let i = 0; i < grid.nodes; i++) {
    const { x, y } = nodeOf(grid, i);
    const { u, v } = toFace(face, x, y);
    headWeights[i] =
      (1 - smoothstep(chin - 0.05, shoulders, v)) * (1 - smoothstep(1.5 * reach.u, 3 * reach.u, Math.abs(u)));
    const rho2 = (u / reach.u) ** 2 + ((v - middle) / reach.v) ** 2;
    depths[i] =
      face.unit * (0.95 * Math.exp(-1.1 * rho2) + 0.2 * Math.exp(-((u - nose.u) ** 2 + (v - nose.v) ** 2) / 0.05));
  }
  return { headWeights, depths };
}

/** Breath and sway, fading from the shoulders to the hips. */
function torsoOf(
  face: FilmFace,
  grid: FilmGrid,
  height: number,
  shoulderY: number,
): Pick<BodyParts, 'breathWeights' | 'swayWeights'> {
  const hips = Math.min(height, face.film('leftHip')?.y ?? shoulderY + 3.4 * face.unit);
  const breathWeights = new Float32Array(grid.nodes);
  const swayWeights = new Float32Array(grid.nodes);
  for (let i = 0; i < grid.nodes; i++) {
    const { y } = nodeOf(grid, i);
    breathWeights[i] = 1 - smoothstep(shoulderY - 0.2 * face.unit, hips, y);
    swayWeights[i] = 1 - smoothstep(shoulderY - 0.5 * face.unit, hips, y);
  }
  return { breathWeights, swayWeights };
}

/**
 * Height of the shoulders' line: where the head's motion ends. Without shoulders in the picture, a neck's length below
 * the chin.
 */
function shoulderHeight(face: FilmFace, chin: number): { v: number; film: Point } {
  const [left, right] = [face.local('leftShoulder'), face.local('rightShoulder')];
  const v = left && right ? Math.max(chin + 0.5, (left.v + right.v) / 2) : chin + 1.1;
  return { v, film: toPicture(face, 0, v) };
}
