import {
  luma,
  mix,
  patchColor,
  shade,
  type Color,
  type FacePoint,
  type FilmFace,
  type LipSeam,
  type ReadColor,
} from '@soliloquy/face';
import { smoothstep } from '@soliloquy/signal';
import type { Placement } from './placement.ts';

/** Lengths in units of the face (eyes to mouth, about 65 mm). */
const JAW_DROP = 0.15;
const UPPER_LIP_RAISE = 0.022;
const LIP_PART = 0.032;
const TEETH_LENGTH = 0.05;
/** How the opening narrows towards the corners: (1 − t²) to this power. */
const TAPER = 0.82;
/** Of a smile's lower lip this much is left behind the teeth, since its seam has their edge on it. */
const SMILE_SEAM = 0.024;
/** Nothing of the face travels further than this, in units of the face. */
export const FARTHEST_FACE_TRAVEL = JAW_DROP + UPPER_LIP_RAISE + 0.06;

/** How far the mouth is open in one frame. */
export interface MouthState {
  /** lower lip below the seam in the middle, and chin below its place */
  readonly drop: number;
  readonly chinDrop: number;
  /** upper lip above the seam in the middle */
  readonly raise: number;
  /** relative change of the mouth's width */
  readonly widening: number;
}

export interface Mouth {
  state(jawOpen: number, lipWidth: number, lipPart: number): MouthState;
  /**
   * Takes a pixel's place with the mouth as in `state`, gives its place in the picture and the paint of the mouth's
   * inside.
   */
  place(state: MouthState, pixel: Placement): void;
  /** Whether a place in face coordinates or one within `margin` of it, can be moved by the mouth at all. */
  concerns(u: number, v: number, margin: number): boolean;
}

/** What is known of the mouth at rest; face coordinates. */
interface MouthAtRest {
  readonly line: LipSeam;
  readonly chin: FacePoint;
  /** `v` of the chin and of the base of the nose: what is beyond stays */
  readonly chinV: number;
  readonly noseV: number;
  /** film pixels of one unit, for edges one pixel soft */
  readonly pixels: number;
  readonly colors: InsideColors;
}

/** Colors of what lies between parted lips. */
interface InsideColors {
  readonly cavity: Color;
  readonly corner: Color;
  readonly tongue: Color;
  readonly tooth: Color;
}

/**
 * The mouth: the lower lip and the chin go down with the jaw, the upper lip slightly up, the corners stay; between the
 * lips a cavity is painted with upper teeth and tongue, unless the picture shows teeth, which then stay where they are.
 * All displacements are closed-form backward maps, continuous everywhere but at the seam.
 */
export function createMouth(face: FilmFace, line: LipSeam, read: ReadColor): Mouth {
  const chin = face.local('chin') ?? { u: 0, v: 0.65 };
  const chinV = Math.max(line.lowerEdge + 0.2, chin.v);
  const noseV = Math.min(line.upperEdge - 0.08, (face.local('noseTip')?.v ?? -0.38) + 0.08);
  const rest: MouthAtRest = {
    line,
    chin,
    chinV,
    noseV,
    pixels: face.unit,
    colors: insideColors(line, chinV, read),
  };
  const { centre, smiling } = line;
  return {
    state: (jawOpen, lipWidth, lipPart) => ({
      drop: JAW_DROP * jawOpen + LIP_PART * lipPart * (1 - jawOpen),
      chinDrop: 0.85 * JAW_DROP * jawOpen,
      raise: smiling ? 0 : UPPER_LIP_RAISE * Math.max(jawOpen, 0.7 * lipPart),
      widening: lipWidth > 0 ? 0.09 * lipWidth : 0.17 * lipWidth,
    }),
    concerns: (u, v, margin) =>
      Math.abs(u - centre) < 1.1 + margin && v > noseV - 0.25 - margin && v < chinV + 0.85 + margin,
    place: (state, pixel) => placeInMouth(rest, state, pixel),
  };
}

/** Flesh, teeth and tongue in the light that the picture has on lips and chin. */
function insideColors(line: LipSeam, chinV: number, read: ReadColor): InsideColors {
  const { centre, halfWidth } = line;
  const skin = patchColor(read, { u: centre, v: (line.lowerEdge + chinV) / 2 }, { u: 0.12, v: 0.05 });
  const lip = patchColor(
    read,
    { u: centre, v: line.at(centre) + 0.55 * Math.max(0.04, line.lowerEdge - line.at(centre)) },
    { u: 0.4 * halfWidth, v: 0.02 },
  );
  // Flesh inside the mouth is red whatever the lips are painted with.
  const flesh = mix(lip, [0.62 * luma(skin) + 0.2, 0.3 * luma(skin) + 0.05, 0.3 * luma(skin) + 0.06], 0.5);
  return {
    cavity: shade(flesh, 0.2),
    corner: shade(flesh, 0.55),
    tongue: shade(flesh, 0.72),
    // Teeth are lit like the skin around them, and stand back from the lips.
    tooth: mix(shade([0.92, 0.83, 0.77], Math.min(1.02, 0.3 + 0.85 * luma(skin))), flesh, 0.14),
  };
}

/** The backward map of one pixel, with the paint where it lies between the lips. */
function placeInMouth(rest: MouthAtRest, state: MouthState, pixel: Placement): void {
  const { line, chin, chinV, noseV, pixels } = rest;
  const { centre, halfWidth, smiling } = line;
  const { drop, chinDrop, raise, widening } = state;
  let { u, v } = pixel;
  u = centre + (u - centre) / (1 + widening * Math.exp(-(((u - centre) / (1.5 * halfWidth)) ** 2) - (v / 0.36) ** 2));
  const t = (u - centre) / halfWidth;
  const inside = 1 - t * t;
  const profile = inside > 0 ? inside ** TAPER : 0;
  const seam = line.at(u);
  const upper = seam - raise * profile;
  const lower = seam + drop * profile;
  if (inside > 0 && v > upper - 1 / pixels && v < lower + 1 / pixels) {
    const cover = clamp01((v - upper) * pixels + 0.5) + clamp01((lower - v) * pixels + 0.5) - 1;
    if (cover > 0) {
      paintInside(rest, { t, u, v, upper, lower, seam }, pixel);
      pixel.cover = cover;
    }
  }
  if (v < (upper + lower) / 2) {
    v = Math.min(v, upper);
    v += raise * profile * smoothstep(noseV, upper, v);
  } else {
    v = Math.max(v, lower);
    const chinNow = chinV + chinDrop;
    const q = Math.min(1, (v - lower) / (chinNow - lower));
    const eased = q * q * (3 - 2 * q);
    const width = halfWidth + (Math.max(0.95, 1.6 * halfWidth) - halfWidth) * eased;
    const across = 1 - ((u - centre - eased * (chin.u - centre)) / width) ** 2;
    const fade = v > chinNow ? 1 - smoothstep(chinNow, chinNow + 0.6, v) : 1;
    if (smiling) v += SMILE_SEAM * smoothstep(0, 0.04, drop) * profile * (1 - eased);
    if (across > 0) v -= (drop + (chinDrop - drop) * eased) * across ** (TAPER + 1.2 * eased) * fade;
  }
  pixel.u = u;
  pixel.v = v;
}

/** A place between the lips: t = −1 … 1 from corner to corner, and `v` of both lips and of the seam at rest there. */
interface BetweenLips extends FacePoint {
  readonly t: number;
  readonly upper: number;
  readonly lower: number;
  readonly seam: number;
}

/** Cavity, tongue and upper teeth at one place. */
function paintInside(
  { line, pixels, colors }: MouthAtRest,
  { t, u, v, upper, lower, seam }: BetweenLips,
  paint: Placement,
): void {
  const { centre, smiling } = line;
  const { cavity, corner, tongue, tooth } = colors;
  const gap = lower - upper;
  // In a slit one sees the wet inside of the lips, not the throat.
  let [red, green, blue] = mix(mix(corner, cavity, smoothstep(0, smiling ? 0.13 : 0.06, gap)), corner, t ** 4);
  const add = (color: Color, amount: number): void => {
    red += (color[0] - red) * amount;
    green += (color[1] - green) * amount;
    blue += (color[2] - blue) * amount;
  };
  const tongueTop = lower - 0.5 * gap * (1 - 0.7 * t * t);
  add(
    shade(tongue, 0.55 + 0.45 * smoothstep(tongueTop, lower, v)),
    0.85 * smoothstep(tongueTop - 0.012, tongueTop + 0.03, v) * smoothstep(0.05, 0.11, gap),
  );
  if (!smiling) {
    const end = seam + TEETH_LENGTH * (1 - 0.65 * line.teethShown) * (1 - 0.35 * t * t);
    const soft = Math.max(0.01, 0.9 / pixels);
    const amount = (1 - smoothstep(end - soft, end + soft, v)) * (1 - smoothstep(0.6, 0.9, Math.abs(t)));
    const between =
      1 -
      0.13 *
        (1 - smoothstep(0, 0.014, Math.abs((u - centre) / 0.085 - Math.round((u - centre) / 0.085)) * 0.085)) *
        smoothstep(30, 80, pixels);
    add(shade(tooth, between * (1 - 0.35 * t * t)), amount);
  }
  // The lips keep the light out: dark below the upper one, in the corners, and all over while the mouth is a slit.
  const shadow =
    (0.4 + 0.6 * smoothstep(-0.01, 0.05, v - upper)) *
    (1 - 0.3 * t ** 4) *
    (smiling ? 1 : 0.55 + 0.45 * smoothstep(0, 0.075, gap));
  paint.red = red * shadow;
  paint.green = green * shadow;
  paint.blue = blue * shadow;
}

function clamp01(x: number): number {
  return x < 0 ? 0 : x > 1 ? 1 : x;
}
