import { TRACK_PARTS, type TrackLabels, type TrackPart } from '@soliloquy/ports';
import { BODY_POINTS, FACE_POINT_COUNT, HAND_POINTS, type BodyPoint, type WholeBody } from '@soliloquy/whole-body';

/** Names of the points of a part; those of the face are the numbers of MediaPipe's mesh. */
const NAMES: Readonly<Record<TrackPart, readonly string[]>> = {
  body: BODY_POINTS,
  face: Array.from({ length: FACE_POINT_COUNT }, (_, i) => String(i)),
  leftHand: HAND_POINTS,
  rightHand: HAND_POINTS,
};

/** Parts that are tracked, in their order. */
export function partsTracked(hands: boolean): readonly TrackPart[] {
  return TRACK_PARTS.filter((part) => hands || part === 'body' || part === 'face');
}

/** What the points of these parts are. */
export function labelsOf(parts: readonly TrackPart[]): TrackLabels {
  return {
    names: parts.flatMap((part) => NAMES[part]),
    parts: Uint8Array.from(parts.flatMap((part) => NAMES[part].map(() => TRACK_PARTS.indexOf(part)))),
  };
}

/** The points of a part; undefined where it is not seen. */
function pointsOf({ body, face, hands }: WholeBody, part: TrackPart): readonly BodyPoint[] | undefined {
  const found = { body, face, leftHand: hands.left, rightHand: hands.right };
  return found[part]?.points;
}

/**
 * Writes one frame. A part that is not seen stays where it was seen last, with a visibility of 0.
 *
 * @param into positions f32 [F, Q, 2] and visibility f32 [F, Q] of the film
 */
export function putFrame(
  into: { readonly positions: Float32Array; readonly visibility: Float32Array; readonly points: number },
  frame: number,
  { person, parts }: { readonly person: WholeBody | undefined; readonly parts: readonly TrackPart[] },
): void {
  const { positions, visibility, points } = into;
  let at = frame * points;
  for (const part of parts) {
    const found = person && pointsOf(person, part);
    NAMES[part].forEach((_, i) => {
      const [x, y] = found ? [found[i].x, found[i].y] : lastPlace(positions, at, points);
      positions[2 * at] = x;
      positions[2 * at + 1] = y;
      visibility[at] = found ? found[i].confidence : 0;
      at++;
    });
  }
}

function lastPlace(positions: Float32Array, at: number, points: number): readonly [number, number] {
  const before = at - points;
  return before < 0 ? [0, 0] : [positions[2 * before], positions[2 * before + 1]];
}
