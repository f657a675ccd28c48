import { bodyScale } from '@soliloquy/body-layers';
import { filmFace, headShape, toFace, toPicture, type FilmFace, type HeadShape, type Point } from '@soliloquy/face';
import type { Landmarks } from '@soliloquy/ports';
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
  const head = headShape(face);
  const { chin, shoulders } = head;
  const { shoulderWidth } = bodyScale(landmarks, width, height);
  return {
    face,
    grid,
    neck: toPicture(face, chin.u * 0.5, chin.v + 0.45 * (shoulders.v - chin.v)),
    ...headOn(grid, head, face),
    ...trunkOf(face, grid, { height, shoulderY: shoulders.film.y, shoulderWidth }),
  };
}

function headOn(grid: FilmGrid, head: HeadShape, face: FilmFace): Pick<BodyParts, 'headWeights' | 'depths'> {
  const headWeights = new Float32Array(grid.nodes);
  const depths = new Float32Array(grid.nodes);
  for (let i = 0; i < grid.nodes; i++) {
    const { x, y } = nodeOf(grid, i);
    const { u, v } = toFace(face, x, y);
    headWeights[i] = head.weightAt(u, v);
    depths[i] = face.unit * head.depthAt(u, v);
  }
  return { headWeights, depths };
}
