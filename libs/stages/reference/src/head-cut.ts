import type { Image } from '@soliloquy/media';
import { cropImage, type Rectangle } from '@soliloquy/planes';
import type { Face } from '@soliloquy/whole-body';
import { faceHeight, type Scaled } from './body-drawing.ts';
import { cutByColor, FEW_ROUNDS, LABEL } from './graph-cut.ts';
import type { OpenCv } from './opencv.ts';

/** Half the side of the window around the middle of the face, heights of the face. */
const AROUND = 1.4;

/** A cut, and what it was made from. */
export interface Cut {
  /** the picture at the size at which it was cut */
  readonly image: Image;
  /** u8 [height, width], values of `LABEL` */
  readonly labels: Uint8Array;
  /** u8 [height, width], 1 where the person is */
  readonly person: Uint8Array;
}

/**
 * Cuts the head and its surroundings again with color models of their own, begun from the first cut: of the five
 * colors that a whole picture has for a person, clothes leave few to hair, ears and collars. `person` is overwritten.
 */
export function cutHeadAgain(
  cv: OpenCv,
  { image, labels, person }: Cut,
  { face, on }: { readonly face: Face; readonly on: Scaled },
): void {
  const { left, top, width, height } = windowOf(face, on);
  const within = (x: number, y: number): number => (top + y) * on.width + left + x;
  const begun = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) begun[y * width + x] = begin(within(x, y));
  const sides = new Set(begun.map((label) => label % 2));
  if (sides.size < 2) return;
  const again = cutByColor(cv, cropImage(image, { left, top, width, height }), begun, FEW_ROUNDS);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) person[within(x, y)] = again[y * width + x];

  function begin(at: number): number {
    if (labels[at] === LABEL.person || labels[at] === LABEL.background) return labels[at];
    return person[at] === 1 ? LABEL.likelyPerson : LABEL.likelyBackground;
  }
}

/** The window, pixels of the cut; it has the face in it, so it is within. */
function windowOf(face: Face, { scale, ...size }: Scaled): Rectangle {
  const reach = AROUND * faceHeight(face) * scale;
  const [x, y] = [face.region.x * scale, face.region.y * scale];
  const [left, top] = [Math.max(0, Math.floor(x - reach)), Math.max(0, Math.floor(y - reach))];
  return {
    left,
    top,
    width: Math.min(size.width, Math.ceil(x + reach)) - left,
    height: Math.min(size.height, Math.ceil(y + reach)) - top,
  };
}
