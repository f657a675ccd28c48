import {
  insideColors,
  paintInside,
  PLAIN_INSIDE,
  SMILE_SEAM,
  type FacePoint,
  type FilmFace,
  type LipSeam,
  type MouthInside,
  type Placement,
  type ReadColor,
} from '@soliloquy/face';
import { smoothstep } from '@soliloquy/signal';

/** Lengths in units of the face (eyes to mouth, about 65 mm). */
const JAW_DROP = 0.15;
const UPPER_LIP_RAISE = 0.022;
const LIP_PART = 0.032;
/** How the opening narrows towards the corners: (1 − t²) to this power. */
const TAPER = 0.82;
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
interface MouthAtRest extends MouthInside {
  readonly chin: FacePoint;
  /** `v` of the chin and of the base of the nose: what is beyond stays */
  readonly chinV: number;
  readonly noseV: number;
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
      paintInside(rest, { t, u, v, upper, lower, seam }, PLAIN_INSIDE, pixel);
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

function clamp01(x: number): number {
  return x < 0 ? 0 : x > 1 ? 1 : x;
}
