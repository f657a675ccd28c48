import {
  blinkLids,
  lidsOf,
  turnEye,
  type EyeState,
  type FilmFace,
  type Placement,
  type ReadColor,
} from '@soliloquy/face';

/** How far the brows go up, in units of the face. */
const BROW_RAISE = 0.05;

/** How lids, brows and eyeballs are in a frame: the channels of the same names. */
export interface EyesState extends EyeState {
  readonly browRaise: number;
}

export interface Eyes {
  /** Takes a pixel's place with all of it moved, gives its place in the picture and the paint of the lid. */
  place(state: EyesState, pixel: Placement): void;
  /** Whether a place in face coordinates or one within `margin` of it, can be moved by lids or brows at all. */
  concerns(u: number, v: number, margin: number): boolean;
}

/**
 * Lids and brows. To blink, the skin between brow and lash line is drawn down to the lower lid, lash line and all, with
 * lid-colored paint under it so that no iris shows where landmarks are a little off; the eyeball is not distorted by
 * it. To look aside, the iris goes within the opening, whose edge stays. Brows go up by a smooth bump that ends before
 * the eye.
 */
export function createEyes(face: FilmFace, read: ReadColor): Eyes {
  const lids = (['left', 'right'] as const).map((side) => lidsOf(face, read, side));
  const brows = (['left', 'right'] as const).map(
    (side) => face.local(`${side}Brow`) ?? { u: side === 'left' ? 0.45 : -0.45, v: -1.28 },
  );
  const reach = brows.reduce((most, brow) => Math.max(most, Math.abs(brow.u)), 0) + 0.9;
  const lowest = lids.reduce((most, lid) => Math.max(most, lid.corner(0) + lid.below), -Infinity) + 0.1;
  const highest = brows.reduce((least, brow) => Math.min(least, brow.v), Infinity) - 0.5;

  return {
    concerns: (u, v, margin) => Math.abs(u) < reach + margin && v > highest - margin && v < lowest + margin,
    place({ blink, browRaise, gazeX, gazeY }, pixel) {
      if (browRaise > 0) {
        let bumps = 0;
        for (const brow of brows)
          bumps += Math.exp(-(((pixel.u - brow.u) / 0.34) ** 2) - ((pixel.v - brow.v + 0.03) / 0.16) ** 2);
        pixel.v += BROW_RAISE * browRaise * bumps;
      }
      if (blink > 0)
        for (const lid of lids) if (Math.abs(pixel.u - lid.u) < lid.halfWidth) blinkLids(lid, blink, face.unit, pixel);
      if (gazeX !== 0 || gazeY !== 0)
        for (const lid of lids)
          if (Math.abs(pixel.u - lid.u) < lid.halfWidth) turnEye(lid, { blink, gazeX, gazeY }, pixel);
    },
  };
}
