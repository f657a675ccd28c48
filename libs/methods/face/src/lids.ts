import { smoothstep } from '@soliloquy/signal';
import { luma, mix, patchColor, shade, type Color, type ReadColor } from './face-colors.ts';
import type { FilmFace } from './mouth-frames.ts';
import type { Placement } from './placement.ts';

/** Colors of a lid are kept at so many places across it. */
const LID_COLUMNS = 9;
/** How far the iris goes, half widths and half heights of the opening; below a half, or it would fold. */
const GAZE = 0.32;

function columnT(i: number): number {
  return (2 * i) / (LID_COLUMNS - 1) - 1;
}

/** One eye's lids, face coordinates. */
export interface Lids {
  /** middle and half width */
  readonly u: number;
  readonly halfWidth: number;
  /** `v` of the line from corner to corner */
  readonly corner: (t: number) => number;
  /** height of the upper lid above, and of the lower lid below that line */
  readonly above: number;
  readonly below: number;
  /** `v` above which the skin of the lid does not move */
  readonly fold: number;
  /** along the fold, and on the lid below it, from t = −1 to 1 */
  readonly foldColors: readonly Color[];
  readonly lidColors: readonly Color[];
  readonly lash: Color;
}

/** One eye's lids, with the colors that the picture has on and around them. */
export function lidsOf(face: FilmFace, read: ReadColor, side: 'left' | 'right'): Lids {
  const eye = face.local(`${side}Eye`) ?? { u: 0, v: -1 };
  const ends = [face.local(`${side}EyeInner`), face.local(`${side}EyeOuter`)]
    .map((end, i) => end ?? { u: eye.u + (i === 0 ? 0.16 : -0.16), v: eye.v })
    .sort((p, q) => p.u - q.u);
  const [start, end] = ends;
  const u = (start.u + end.u) / 2;
  const halfWidth = Math.max(0.06, (end.u - start.u) / 2);
  const corner = (t: number): number => start.v + ((end.v - start.v) * (t + 1)) / 2;
  const top = face.local(`${side}EyeTop`)?.v ?? eye.v - 0.06;
  const bottom = face.local(`${side}EyeBottom`)?.v ?? eye.v + 0.05;
  const above = Math.max(0.02, corner(0) - top);
  const below = Math.max(0.015, bottom - corner(0));
  const brow = face.local(`${side}Brow`)?.v ?? eye.v - 0.28;
  const fold = Math.min(top - 0.06, Math.max(brow + 0.07, top - 0.16));
  // The lid itself is mostly hidden while the eye is open. At its fold it has the color that the picture has there,
  // so that no patch shows; towards the lashes that of the cheek, as dark as the fold.
  const cheek = patchColor(read, { u, v: bottom + 0.2 }, { u: 0.6 * halfWidth, v: 0.03 });
  const raw = Array.from({ length: LID_COLUMNS }, (_, i) =>
    patchColor(read, { u: u + columnT(i) * halfWidth, v: fold }, { u: 0.12 * halfWidth, v: 0.012 }),
  );
  // A low brow or hair may lie over the fold: what is much darker than cheek or brightest fold is neither lid nor its
  // shadow.
  const floor = Math.max(0.78 * luma(cheek), 0.88 * Math.max(...raw.map(luma)));
  const seen = raw.map((color) => (luma(color) < floor ? shade(cheek, floor / Math.max(0.02, luma(cheek))) : color));
  const foldColors = seen.map((color, i) =>
    mix(color, mix(seen[Math.max(0, i - 1)], seen[Math.min(LID_COLUMNS - 1, i + 1)], 0.5), 0.5),
  );
  const lidColors = foldColors.map((color) =>
    mix(color, shade(cheek, Math.min(1, luma(color) / Math.max(0.02, luma(cheek)))), 0.5),
  );
  return { u, halfWidth, corner, above, below, fold, foldColors, lidColors, lash: shade(cheek, 0.25) };
}

/**
 * Draws the upper lid down over the eye: the skin between brow and lash line with the lashes, and lid-colored paint
 * under it, so that no iris shows where landmarks are a little off; the eyeball is not distorted.
 *
 * @param blink  0 open … 1 shut
 * @param pixels film pixels of one unit
 * @param pixel  its place is written, and the lid's paint
 */
export function blinkLids(lid: Lids, blink: number, pixels: number, pixel: Placement): void {
  const t = (pixel.u - lid.u) / lid.halfWidth;
  const inside = 1 - t * t;
  if (inside <= 0) return;
  const arc = Math.sqrt(inside);
  const rest = lid.corner(t) - lid.above * arc;
  const shut = lid.corner(t) + (lid.below + 0.01) * inside ** 0.6;
  const edge = rest + blink * (shut - rest);
  const v = pixel.v;
  if (v <= lid.fold || v > edge + 1.5 / pixels + 0.03) return;
  const beforeEdge = Math.min(1, Math.max(0, (edge - v) * pixels + 0.5));
  const lashWidth = Math.max(0.022, 0.8 / pixels);
  const fadeIn = smoothstep(0, 0.5, inside) * smoothstep(0, 0.2, blink);
  const lash = 0.6 * fadeIn * Math.exp(-(((v - edge) / lashWidth) ** 2));
  const depth = smoothstep(lid.fold, rest + 0.03, v) * fadeIn;
  const skin = 0.9 * beforeEdge * depth;
  const column = ((t + 1) / 2) * (LID_COLUMNS - 1);
  const i = Math.min(LID_COLUMNS - 2, Math.floor(column));
  const down = smoothstep(lid.fold, rest + 0.02, v);
  const color = mix(
    mix(lid.foldColors[i], lid.foldColors[i + 1], column - i),
    mix(lid.lidColors[i], lid.lidColors[i + 1], column - i),
    down,
  );
  // Round: a little lighter where it bulges, darker towards the lashes and along the crease.
  const light =
    1 +
    0.04 * down -
    0.1 * smoothstep(0.4 * rest + 0.6 * edge, edge, v) -
    0.07 * blink * Math.exp(-(((v - rest + 0.01) / 0.02) ** 2));
  const cover = lash + skin * (1 - lash);
  if (cover > 0) {
    pixel.red = (lid.lash[0] * lash + color[0] * light * skin * (1 - lash)) / cover;
    pixel.green = (lid.lash[1] * lash + color[1] * light * skin * (1 - lash)) / cover;
    pixel.blue = (lid.lash[2] * lash + color[2] * light * skin * (1 - lash)) / cover;
    pixel.cover = cover;
  }
  if (v < edge) pixel.v = v - (edge - rest) * Math.max(0, (v - lid.fold) / (edge - lid.fold)) ** 1.6;
}

/** How one eye is in a frame. */
export interface EyeState {
  /** 0 open … 1 shut */
  readonly blink: number;
  /** −1 … 1, to the right of the picture and down */
  readonly gazeX: number;
  readonly gazeY: number;
}

/**
 * Moves the iris within the opening of the lids; what is at their edge stays.
 *
 * @param pixel its place is written
 */
export function turnEye(lid: Lids, { blink, gazeX, gazeY }: EyeState, pixel: Placement): void {
  const t = (pixel.u - lid.u) / lid.halfWidth;
  const arc = Math.sqrt(Math.max(0, 1 - t * t));
  const [top, bottom] = [lid.corner(t) - lid.above * arc, lid.corner(t) + lid.below * arc];
  const half = (bottom - top) / 2;
  // Behind the upper lid there is nothing to be seen of it.
  if (pixel.v <= top + blink * 2 * half || pixel.v >= bottom) return;
  const s = (pixel.v - (top + bottom) / 2) / half;
  const free = (1 - t * t) * (1 - s * s);
  pixel.u -= GAZE * lid.halfWidth * gazeX * free;
  pixel.v -= GAZE * half * gazeY * free;
}
