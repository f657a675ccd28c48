import { smoothstep } from '@soliloquy/signal';
import { luma, mix, patchColor, shade, type Color, type ReadColor } from './face-colors.ts';
import type { LipSeam } from './lip-seam.ts';
import type { Placement } from './placement.ts';
import type { FacePoint } from './point.ts';

/** Length of the upper teeth that open lips show, units of the face. */
const TEETH_LENGTH = 0.05;
/** Of a smile's lower lip this much is left behind the teeth, since its seam has their edge on it. */
export const SMILE_SEAM = 0.024;

/** Colors of what lies between parted lips. */
export interface InsideColors {
  readonly cavity: Color;
  readonly corner: Color;
  readonly tongue: Color;
  readonly tooth: Color;
}

/** The inside of a mouth, ready to be painted. */
export interface MouthInside {
  readonly line: LipSeam;
  /** film pixels of one unit of the face, for edges one pixel soft */
  readonly pixels: number;
  readonly colors: InsideColors;
}

/** How the inside of a mouth is lit, and how much of its teeth shows: 1 is what the picture's light makes likely. */
export interface InsideLook {
  readonly light: number;
  readonly teeth: number;
}

export const PLAIN_INSIDE: InsideLook = { light: 1, teeth: 1 };

/**
 * Flesh, teeth and tongue in the light that the picture has on lips and chin.
 *
 * @param chinV `v` of the chin, face coordinates
 */
export function insideColors(line: LipSeam, chinV: number, read: ReadColor): InsideColors {
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

/** A place between the lips: t = −1 … 1 from corner to corner, and `v` of both lips and of the seam at rest there. */
export interface BetweenLips extends FacePoint {
  readonly t: number;
  readonly upper: number;
  readonly lower: number;
  readonly seam: number;
}

/**
 * Cavity, tongue and upper teeth at one place between the lips. Each channel is `light` times what is linear in
 * `teeth`.
 *
 * @param paint its color is written: sRGB 0 … 1
 */
export function paintInside(
  { line, pixels, colors }: MouthInside,
  { t, u, v, upper, lower, seam }: BetweenLips,
  { light, teeth }: InsideLook,
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
    add(shade(tooth, between * (1 - 0.35 * t * t)), teeth * amount);
  }
  // The lips keep the light out: dark below the upper one, in the corners, and all over while the mouth is a slit.
  const shadow =
    light *
    (0.4 + 0.6 * smoothstep(-0.01, 0.05, v - upper)) *
    (1 - 0.3 * t ** 4) *
    (smiling ? 1 : 0.55 + 0.45 * smoothstep(0, 0.075, gap));
  paint.red = red * shadow;
  paint.green = green * shadow;
  paint.blue = blue * shadow;
}
