import { luma, mix, patchColour, shade, type Colour } from './face-colours.ts';
import type { FaceFrame } from './face-frame.ts';
import type { LipLine } from './lip-line.ts';
import type { Placement } from './placement.ts';
import { smoothstep } from './signal.ts';

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
  concerns(a: number, b: number, margin: number): boolean;
}

/**
 * The mouth: the lower lip and the chin go down with the jaw, the upper lip slightly up, the corners stay; between the
 * lips a cavity is painted with upper teeth and tongue, unless the picture shows teeth, which then stay where they are.
 * All displacements are closed-form backward maps, continuous everywhere but at the seam.
 *
 * @param pixels film pixels of one unit, for edges one pixel soft
 */
export function createMouth(
  face: FaceFrame,
  line: LipLine,
  read: (a: number, b: number) => Colour,
  pixels: number,
): Mouth {
  const chin = face.local('chin') ?? { a: 0, b: 0.65 };
  const chinB = Math.max(line.lowerEdge + 0.2, chin.b);
  const noseB = Math.min(line.upperEdge - 0.08, (face.local('noseTip')?.b ?? -0.38) + 0.08);
  const { centre, halfWidth, smiling } = line;
  const teethLength = TEETH_LENGTH * (1 - 0.65 * line.teethShown);
  const skin = patchColour(read, centre, (line.lowerEdge + chinB) / 2, 0.12, 0.05);
  const lip = patchColour(
    read,
    centre,
    line.at(centre) + 0.55 * Math.max(0.04, line.lowerEdge - line.at(centre)),
    0.4 * halfWidth,
    0.02,
  );
  // Flesh inside the mouth is red whatever the lips are painted with.
  const flesh = mix(lip, [0.62 * luma(skin) + 0.2, 0.3 * luma(skin) + 0.05, 0.3 * luma(skin) + 0.06], 0.5);
  const cavity = shade(flesh, 0.2);
  const corner = shade(flesh, 0.55);
  const tongue = shade(flesh, 0.72);
  // Teeth are lit like the skin around them, and stand back from the lips.
  const tooth: Colour = mix(shade([0.92, 0.83, 0.77], Math.min(1.02, 0.3 + 0.85 * luma(skin))), flesh, 0.14);

  function interior(
    t: number,
    a: number,
    b: number,
    upper: number,
    lower: number,
    top: number,
    paint: Placement,
  ): void {
    const gap = lower - upper;
    // In a slit one sees the wet inside of the lips, not the throat.
    let [red, green, blue] = mix(mix(corner, cavity, smoothstep(0, smiling ? 0.13 : 0.06, gap)), corner, t ** 4);
    const add = (colour: Colour, amount: number): void => {
      red += (colour[0] - red) * amount;
      green += (colour[1] - green) * amount;
      blue += (colour[2] - blue) * amount;
    };
    const tongueTop = lower - 0.5 * gap * (1 - 0.7 * t * t);
    add(
      shade(tongue, 0.55 + 0.45 * smoothstep(tongueTop, lower, b)),
      0.85 * smoothstep(tongueTop - 0.012, tongueTop + 0.03, b) * smoothstep(0.05, 0.11, gap),
    );
    if (!smiling) {
      const end = top + teethLength * (1 - 0.35 * t * t);
      const soft = Math.max(0.01, 0.9 / pixels);
      const amount = (1 - smoothstep(end - soft, end + soft, b)) * (1 - smoothstep(0.6, 0.9, Math.abs(t)));
      const between =
        1 -
        0.13 *
          (1 - smoothstep(0, 0.014, Math.abs((a - centre) / 0.085 - Math.round((a - centre) / 0.085)) * 0.085)) *
          smoothstep(30, 80, pixels);
      add(shade(tooth, between * (1 - 0.35 * t * t)), amount);
    }
    // The lips keep the light out: dark below the upper one, in the corners, and all over while the mouth is a slit.
    const shadow =
      (0.4 + 0.6 * smoothstep(-0.01, 0.05, b - upper)) *
      (1 - 0.3 * t ** 4) *
      (smiling ? 1 : 0.55 + 0.45 * smoothstep(0, 0.075, gap));
    paint.red = red * shadow;
    paint.green = green * shadow;
    paint.blue = blue * shadow;
  }

  return {
    state: (jawOpen, lipWidth, lipPart) => ({
      drop: JAW_DROP * jawOpen + LIP_PART * lipPart * (1 - jawOpen),
      chinDrop: 0.85 * JAW_DROP * jawOpen,
      raise: smiling ? 0 : UPPER_LIP_RAISE * Math.max(jawOpen, 0.7 * lipPart),
      widening: lipWidth > 0 ? 0.09 * lipWidth : 0.17 * lipWidth,
    }),
    concerns: (a, b, margin) =>
      Math.abs(a - centre) < 1.1 + margin && b > noseB - 0.25 - margin && b < chinB + 0.85 + margin,
    place(state, pixel) {
      const { drop, chinDrop, raise, widening } = state;
      let { a, b } = pixel;
      a =
        centre + (a - centre) / (1 + widening * Math.exp(-(((a - centre) / (1.5 * halfWidth)) ** 2) - (b / 0.36) ** 2));
      const t = (a - centre) / halfWidth;
      const inside = 1 - t * t;
      const profile = inside > 0 ? inside ** TAPER : 0;
      const seam = line.at(a);
      const upper = seam - raise * profile;
      const lower = seam + drop * profile;
      if (inside > 0 && b > upper - 1 / pixels && b < lower + 1 / pixels) {
        const cover = clamp01((b - upper) * pixels + 0.5) + clamp01((lower - b) * pixels + 0.5) - 1;
        if (cover > 0) {
          interior(t, a, b, upper, lower, seam, pixel);
          pixel.cover = cover;
        }
      }
      if (b < (upper + lower) / 2) {
        b = Math.min(b, upper);
        b += raise * profile * smoothstep(noseB, upper, b);
      } else {
        b = Math.max(b, lower);
        const chinNow = chinB + chinDrop;
        const q = Math.min(1, (b - lower) / (chinNow - lower));
        const eased = q * q * (3 - 2 * q);
        const width = halfWidth + (Math.max(0.95, 1.6 * halfWidth) - halfWidth) * eased;
        const across = 1 - ((a - centre - eased * (chin.a - centre)) / width) ** 2;
        const fade = b > chinNow ? 1 - smoothstep(chinNow, chinNow + 0.6, b) : 1;
        if (smiling) b += SMILE_SEAM * smoothstep(0, 0.04, drop) * profile * (1 - eased);
        if (across > 0) b -= (drop + (chinDrop - drop) * eased) * across ** (TAPER + 1.2 * eased) * fade;
      }
      pixel.a = a;
      pixel.b = b;
    },
  };
}

function clamp01(x: number): number {
  return x < 0 ? 0 : x > 1 ? 1 : x;
}
