import { bodyScale } from '@soliloquy/body-layers';
import { filmFace, toFace, toPicture, type FilmFace, type Point } from '@soliloquy/face';
import type { Landmarks } from '@soliloquy/ports';
import { smoothstep } from '@soliloquy/signal';
import { filmGrid, nodeOf, type FilmGrid } from './film-grid.ts';
import { trunkOf, type Trunk } from './trunk.ts';

/** What of the body moves, and how much of each node's motion is whose. */
export interface BodyParts extends Trunk {
  readonly face: FilmFace;
  readonly grid: FilmGrid;
  /** what the head turns about, film pixels */
  readonly neck: Point;
  /** f32 [nodes] 0 … 1 */
  readonly headWeights: Float32Array;
  /** f32 [nodes] how far the head's surface stands before its axis, film pixels */
  readonly depths: Float32Array;
}

export function bodyParts(landmarks: Landmarks, width: number, height: number): BodyParts {
  const face = filmFace(landmarks, width, height);
  const grid = filmGrid(width, height, face.unit);
  const chin = face.local('chin') ?? { u: 0, v: 0.65 };
  const shoulders = shoulderHeight(face, chin.v);
  const { shoulderWidth } = bodyScale(landmarks, width, height);
  return {
    face,
    grid,
    neck: toPicture(face, chin.u * 0.5, chin.v + 0.45 * (shoulders.v - chin.v)),
    ...headOf(face, grid, chin.v, shoulders.v),
    ...trunkOf(face, grid, { height, shoulderY: shoulders.film.y, shoulderWidth }),
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

/**
 * Height of the shoulders' line: where the head's motion ends. Without shoulders in the picture, a neck's length below
 * the chin.
 */
function shoulderHeight(face: FilmFace, chin: number): { v: number; film: Point } {
  const [left, right] = [face.local('leftShoulder'), face.local('rightShoulder')];
  const v = left && right ? Math.max(chin + 0.5, (left.v + right.v) / 2) : chin + 1.1;
  return { v, film: toPicture(face, 0, v) };
}
