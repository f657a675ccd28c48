import { faceBox } from '@soliloquy/face';
import type { PixelBox } from '@soliloquy/image-quality';
import type { TrackPart } from '@soliloquy/ports';
import { FACE, HAND_POINTS } from '@soliloquy/whole-body/points';

/** Pixels; a box that is smaller to any side is none. */
const SMALLEST = 8;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where a named point of a part is; undefined where it is not seen. Points of the face are numbers of the mesh. */
export type SeenPoint = (part: TrackPart, name: string | number) => Point | undefined;

/** The parts of a person by what covers them; both hands are one by one. */
export const BOXED = ['face', 'cloth', 'leftHand', 'rightHand'] as const;
export type PartBoxes = Partial<Record<(typeof BOXED)[number], PixelBox>>;

/**
 * Boxes of face, clothes and hands in the pixels of a picture: `faceBox` of eyes and mouth; from the shoulders to the
 * hips, or the lower border where they are not seen; all joints of a hand. Cut by the picture; a part that is not seen,
 * or of which less than 8 pixels are left, has none.
 */
export function partBoxes(seen: SeenPoint, size: { readonly width: number; readonly height: number }): PartBoxes {
  const boxes = {
    face: boxOfFace(seen),
    cloth: boxOfCloth(seen, size.height),
    leftHand: around(HAND_POINTS.map((name) => seen('leftHand', name))),
    rightHand: around(HAND_POINTS.map((name) => seen('rightHand', name))),
  };
  return Object.fromEntries(
    BOXED.flatMap((part) => {
      const box = boxes[part];
      if (!box) return [];
      const cut = {
        x0: Math.max(0, Math.floor(box.x0)),
        y0: Math.max(0, Math.floor(box.y0)),
        x1: Math.min(size.width, Math.ceil(box.x1)),
        y1: Math.min(size.height, Math.ceil(box.y1)),
      };
      return Math.min(cut.x1 - cut.x0, cut.y1 - cut.y0) < SMALLEST ? [] : [[part, cut]];
    }),
  );
}

function boxOfFace(seen: SeenPoint): PixelBox | undefined {
  const [leftEye, rightEye, upper, lower] = [FACE.leftEye, FACE.rightEye, FACE.upperLipBottom, FACE.lowerLipTop].map(
    (point) => seen('face', point),
  );
  if (!leftEye || !rightEye || !upper || !lower) return undefined;
  const mouthCenter = { x: (upper.x + lower.x) / 2, y: (upper.y + lower.y) / 2 };
  return faceBox({ leftEye, rightEye, mouthCenter }, 1);
}

function boxOfCloth(seen: SeenPoint, height: number): PixelBox | undefined {
  const box = around([seen('body', 'leftShoulder'), seen('body', 'rightShoulder')]);
  const hips = [seen('body', 'leftHip'), seen('body', 'rightHip')].filter((hip) => hip !== undefined);
  return box && { ...box, y1: hips.length === 0 ? height : Math.max(...hips.map(({ y }) => y)) };
}

function around(points: readonly (Point | undefined)[]): PixelBox | undefined {
  const all = points.filter((point) => point !== undefined);
  if (all.length < points.length) return undefined;
  const [xs, ys] = [all.map(({ x }) => x), all.map(({ y }) => y)];
  return { x0: Math.min(...xs), y0: Math.min(...ys), x1: Math.max(...xs), y1: Math.max(...ys) };
}
