import { luma, mix, patchColour, shade, type Colour } from './face-colours.ts';
import type { FaceFrame } from './face-frame.ts';
import type { Placement } from './placement.ts';
import { smoothstep } from './signal.ts';

/** How far the brows go up, in units of the face. */
const BROW_RAISE = 0.05;
/** Colours of a lid are kept at so many places across it. */
const LID_COLUMNS = 9;

function columnT(i: number): number {
  return (2 * i) / (LID_COLUMNS - 1) - 1;
}

interface Lids {
  /** middle and half width */
  readonly a: number;
  readonly halfWidth: number;
  /** `b` of the line from corner to corner */
  readonly corner: (t: number) => number;
  /** height of the upper lid above, and of the lower lid below that line */
  readonly above: number;
  readonly below: number;
  /** `b` above which the skin of the lid does not move */
  readonly fold: number;
  /** along the fold, and on the lid below it, from t = −1 to 1 */
  readonly foldColours: readonly Colour[];
  readonly lidColours: readonly Colour[];
  readonly lash: Colour;
}

export interface Eyes {
  /** Takes a pixel's place with lids and brows moved, gives its place in the picture and the paint of the lid. */
  place(blink: number, browRaise: number, pixel: Placement): void;
  /** Whether a place in face coordinates or one within `margin` of it, can be moved by lids or brows at all. */
  concerns(a: number, b: number, margin: number): boolean;
}

/**
 * Lids and brows. To blink, the skin between brow and lash line is drawn down to the lower lid, lash line and all, with
 * lid-coloured paint under it so that no iris shows where landmarks are a little off; the eyeball itself is never
 * distorted. Brows go up by a smooth bump that ends before the eye.
 *
 * @param pixels film pixels of one unit
 */
export function createEyes(face: FaceFrame, read: (a: number, b: number) => Colour, pixels: number): Eyes {
  const lids = (['left', 'right'] as const).map((side) => lidsOf(side));
  const brows = (['left', 'right'] as const).map(
    (side) => face.local(`${side}Brow`) ?? { a: side === 'left' ? 0.45 : -0.45, b: -1.28 },
  );

  function lidsOf(side: 'left' | 'right'): Lids {
    const eye = face.local(`${side}Eye`) ?? { a: 0, b: -1 };
    const ends = [face.local(`${side}EyeInner`), face.local(`${side}EyeOuter`)]
      .map((end, i) => end ?? { a: eye.a + (i === 0 ? 0.16 : -0.16), b: eye.b })
      .sort((p, q) => p.a - q.a);
    const [start, end] = ends;
    const a = (start.a + end.a) / 2;
    const halfWidth = Math.max(0.06, (end.a - start.a) / 2);
    const corner = (t: number): number => start.b + ((end.b - start.b) * (t + 1)) / 2;
    const top = face.local(`${side}EyeTop`)?.b ?? eye.b - 0.06;
    const bottom = face.local(`${side}EyeBottom`)?.b ?? eye.b + 0.05;
    const above = Math.max(0.02, corner(0) - top);
    const below = Math.max(0.015, bottom - corner(0));
    const brow = face.local(`${side}Brow`)?.b ?? eye.b - 0.28;
    const fold = Math.min(top - 0.06, Math.max(brow + 0.07, top - 0.16));
    // The lid itself is mostly hidden while the eye is open. At its fold it has the colour that the picture has there,
    // so that no patch shows; towards the lashes that of the cheek, as dark as the fold.
    const cheek = patchColour(read, a, bottom + 0.2, 0.6 * halfWidth, 0.03);
    const raw = Array.from({ length: LID_COLUMNS }, (_, i) =>
      patchColour(read, a + columnT(i) * halfWidth, fold, 0.12 * halfWidth, 0.012),
    );
    // A low brow or hair may lie over the fold: what is much darker than cheek or brightest fold is neither lid nor its
    // shadow.
    const floor = Math.max(0.78 * luma(cheek), 0.88 * Math.max(...raw.map(luma)));
    const seen = raw.map((colour) =>
      luma(colour) < floor ? shade(cheek, floor / Math.max(0.02, luma(cheek))) : colour,
    );
    const foldColours = seen.map((colour, i) =>
      mix(colour, mix(seen[Math.max(0, i - 1)], seen[Math.min(LID_COLUMNS - 1, i + 1)], 0.5), 0.5),
    );
    const lidColours = foldColours.map((colour) =>
      mix(colour, shade(cheek, Math.min(1, luma(colour) / Math.max(0.02, luma(cheek)))), 0.5),
    );
    return { a, halfWidth, corner, above, below, fold, foldColours, lidColours, lash: shade(cheek, 0.25) };
  }

  function blinkLids(lid: Lids, blink: number, pixel: Placement): void {
    const t = (pixel.a - lid.a) / lid.halfWidth;
    const inside = 1 - t * t;
    if (inside <= 0) return;
    const arc = Math.sqrt(inside);
    const rest = lid.corner(t) - lid.above * arc;
    const shut = lid.corner(t) + (lid.below + 0.01) * inside ** 0.6;
    const edge = rest + blink * (shut - rest);
    const b = pixel.b;
    if (b <= lid.fold || b > edge + 1.5 / pixels + 0.03) return;
    const beforeEdge = Math.min(1, Math.max(0, (edge - b) * pixels + 0.5));
    const lashWidth = Math.max(0.022, 0.8 / pixels);
    const fadeIn = smoothstep(0, 0.5, inside) * smoothstep(0, 0.2, blink);
    const lash = 0.6 * fadeIn * Math.exp(-(((b - edge) / lashWidth) ** 2));
    const depth = smoothstep(lid.fold, rest + 0.03, b) * fadeIn;
    const skin = 0.9 * beforeEdge * depth;
    const column = ((t + 1) / 2) * (LID_COLUMNS - 1);
    const i = Math.min(LID_COLUMNS - 2, Math.floor(column));
    const down = smoothstep(lid.fold, rest + 0.02, b);
    const colour = mix(
      mix(lid.foldColours[i], lid.foldColours[i + 1], column - i),
      mix(lid.lidColours[i], lid.lidColours[i + 1], column - i),
      down,
    );
    // Round: a little lighter where it bulges, darker towards the lashes and along the crease.
    const light =
      1 +
      0.04 * down -
      0.1 * smoothstep(0.4 * rest + 0.6 * edge, edge, b) -
      0.07 * blink * Math.exp(-(((b - rest + 0.01) / 0.02) ** 2));
    const cover = lash + skin * (1 - lash);
    if (cover > 0) {
      pixel.red = (lid.lash[0] * lash + colour[0] * light * skin * (1 - lash)) / cover;
      pixel.green = (lid.lash[1] * lash + colour[1] * light * skin * (1 - lash)) / cover;
      pixel.blue = (lid.lash[2] * lash + colour[2] * light * skin * (1 - lash)) / cover;
      pixel.cover = cover;
    }
    if (b < edge) pixel.b = b - (edge - rest) * Math.max(0, (b - lid.fold) / (edge - lid.fold)) ** 1.6;
  }

  const reach = brows.reduce((most, brow) => Math.max(most, Math.abs(brow.a)), 0) + 0.9;
  const lowest = lids.reduce((most, lid) => Math.max(most, lid.corner(0) + lid.below), -Infinity) + 0.1;
  const highest = brows.reduce((least, brow) => Math.min(least, brow.b), Infinity) - 0.5;

  return {
    concerns: (a, b, margin) => Math.abs(a) < reach + margin && b > highest - margin && b < lowest + margin,
    place(blink, browRaise, pixel) {
      if (browRaise > 0) {
        let bumps = 0;
        for (const brow of brows)
          bumps += Math.exp(-(((pixel.a - brow.a) / 0.34) ** 2) - ((pixel.b - brow.b + 0.03) / 0.16) ** 2);
        pixel.b += BROW_RAISE * browRaise * bumps;
      }
      if (blink > 0)
        for (const lid of lids) if (Math.abs(pixel.a - lid.a) < lid.halfWidth) blinkLids(lid, blink, pixel);
    },
  };
}
