import {
  blinkLids,
  paintInside,
  SMILE_SEAM,
  toFace,
  type InsideLook,
  type Placement,
  type Point,
} from '@soliloquy/face';
import { smoothstep } from '@soliloquy/signal';
import type { FaceReadouts } from './face-readouts.ts';
import { REACH_ASIDE } from './mouth-flow.ts';

/** How a face is in a frame, beside where its points are. */
export interface FaceState {
  /** 0 open … 1 shut */
  readonly leftLid: number;
  readonly rightLid: number;
  readonly inside: InsideLook;
  /** how far the upper lip is above its place on the skull, units of the face */
  readonly raise: number;
}

/** A place of a frame, by both flows. */
export interface Sources {
  /** where it comes from if it is above the mouth, film pixels */
  readonly above: Point;
  /** and if it is below; the same where the mouth moves nothing */
  readonly below: Point;
}

/**
 * Where a pixel of a face comes from, and what is painted over it. A pixel whose source above lies above the lips' seam
 * is of the upper lip, one whose source below lies below it of the lower one; one of which neither holds lies between
 * parted lips. Over the eyes lids are drawn.
 *
 * @param pixel written: its place in the picture, face coordinates, and its paint
 */
export function placeOnFace(
  { face, lids, inside }: FaceReadouts,
  state: FaceState,
  { above, below }: Sources,
  pixel: Placement,
): void {
  const { line } = inside;
  const upper = toFace(face, above.x, above.y);
  pixel.u = upper.u;
  pixel.v = upper.v;
  pixel.cover = 0;
  const aside = Math.abs(upper.u - line.centre);
  if (upper.v > line.upperEdge - 0.4 && aside < REACH_ASIDE)
    placeAtMouth({ inside, state }, upper, toFace(face, below.x, below.y), pixel);
  if (pixel.v > line.upperEdge - 0.2) return;
  for (const [lid, blink] of [
    [lids.left, state.leftLid],
    [lids.right, state.rightLid],
  ] as const)
    if (blink > 0 && Math.abs(pixel.u - lid.u) < lid.halfWidth) blinkLids(lid, blink, face.unit, pixel);
}

type FacePlace = ReturnType<typeof toFace>;

function placeAtMouth(
  { inside, state }: Pick<FaceReadouts, 'inside'> & { readonly state: FaceState },
  upper: FacePlace,
  lower: FacePlace,
  pixel: Placement,
): void {
  const { line, pixels } = inside;
  const seam = line.at(upper.u);
  // Below 0 where a source is on its own side of the seam, units of the face.
  const [past, short] = [upper.v - seam, line.at(lower.u) - lower.v];
  const t = (upper.u - line.centre) / line.halfWidth;
  if (Math.abs(t) < 1) {
    const cover = clamp01(past * pixels + 0.5) + clamp01(short * pixels + 0.5) - 1;
    if (cover > 0) {
      const seamOfSkull = seam + state.raise * (1 - t * t);
      const place = { t, u: upper.u, v: upper.v, upper: seam, lower: upper.v + short, seam: seamOfSkull };
      paintInside(inside, place, state.inside, pixel);
      pixel.cover = cover;
    }
  }
  if (past < short) {
    pixel.v = Math.min(upper.v, seam);
    return;
  }
  pixel.u = lower.u;
  pixel.v = Math.max(lower.v, line.at(lower.u));
  if (line.smiling && Math.abs(t) < 1) {
    const gap = upper.v - lower.v;
    pixel.v +=
      SMILE_SEAM * smoothstep(0, 0.04, gap) * (1 - t * t) * (1 - smoothstep(0, 0.5, pixel.v - line.at(lower.u)));
  }
}

function clamp01(x: number): number {
  return x < 0 ? 0 : x > 1 ? 1 : x;
}
