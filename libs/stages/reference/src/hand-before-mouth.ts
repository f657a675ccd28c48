import type { Point } from '@soliloquy/face';
import { eyeSpan, FACE, type Face, type Hand, type PictureOfPeople } from '@soliloquy/whole-body';
import { FINGER_BONES } from './body-drawing.ts';

/** A hand of this presence covers a mouth whose middle is this near to one of its bones, over the eyes' distance. */
const COVERS = { presence: 0.7, near: 0.2 };

/** Whether a hand, the main person's or another's, is before the mouth. */
export function isHandBefore({ person, handsAtFace }: PictureOfPeople, face: Face): boolean {
  const [upper, lower] = [face.points[FACE.upperLipBottom], face.points[FACE.lowerLipTop]];
  const middle = { x: (upper.x + lower.x) / 2, y: (upper.y + lower.y) / 2 };
  const hands = [...Object.values(person?.hands ?? {}), ...handsAtFace].filter((hand) => hand !== undefined);
  return hands.some((hand) => hand.presence > COVERS.presence && apart(hand, middle) < COVERS.near * eyeSpan(face));
}

/** Pixels from a place to the nearest bone of a hand. */
function apart({ points }: Hand, place: Point): number {
  return Math.min(...FINGER_BONES.map(([from, to]) => fromLine(points[from], points[to], place)));
}

function fromLine(a: Point, b: Point, { x, y }: Point): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const along = ((x - a.x) * dx + (y - a.y) * dy) / Math.max(1e-9, dx * dx + dy * dy);
  const t = Math.min(1, Math.max(0, along));
  return Math.hypot(a.x + t * dx - x, a.y + t * dy - y);
}
