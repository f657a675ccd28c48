import type { PictureFrame, Point } from '@soliloquy/face';
import { regionIndex } from '@soliloquy/gaussian-cloud';
import type { Seed } from './gaussian-list.ts';
import { meanColor } from './hidden-layers.ts';
import type { Lifted } from './lifted.ts';

const SIDES = ['left', 'right'] as const;
type Color = readonly [number, number, number];

/** World units behind the deepest skin of a column of an eye and its lid: first the lid, then the eye. */
const BEHIND = { lid: 0.005, eye: 0.01 };
/** In heights of the open eye: what above its edge is lashes, the lid, and the lid's own lashes. */
const [LASHES, LENGTH, LASH_LINE] = [0.45, 1.55, 0.13];
/** In heights of the eye: how much higher a lid's edge is at the corners than in the middle. */
const SAG = 0.25;
/** In heights of the eye: what beside and below it is set back too. There a shut lid's lashes are seen. */
const [BESIDE, BELOW] = [0.2, 0.45];
/** Pixels to both sides that a Gaussian reaches: where the surface slopes it would lie before its neighbours there. */
const NEAR = 2;
/** Pixels between the edge of a lid at rest and what is set back: Gaussians at the edge reach over it. */
const CLEARANCE = 1;

/** An eye in the axes of the face about the middle between its corners; pixels. */
interface Eye {
  readonly side: (typeof SIDES)[number];
  /** half of the distance of its corners */
  readonly half: number;
  /** of the open eye in its middle */
  readonly height: number;
  /** downwards, of its upper and its lower edge at `u` along it */
  readonly upper: (u: number) => number;
  readonly lower: (u: number) => number;
  /** pixel of the picture, and back */
  readonly at: (u: number, v: number) => Point;
  readonly to: (x: number, y: number) => readonly [u: number, v: number];
}

function eyeOf({ point, right, down }: PictureFrame, side: Eye['side']): Eye {
  const [inner, outer] = [point(`${side}EyeInner`)!, point(`${side}EyeOuter`)!];
  const [x0, y0] = [(inner.x + outer.x) / 2, (inner.y + outer.y) / 2];
  const to = (x: number, y: number): [number, number] => [
    (x - x0) * right.x + (y - y0) * right.y,
    (x - x0) * down.x + (y - y0) * down.y,
  ];
  const below = (p: Point): number => to(p.x, p.y)[1];
  const top = below(point(`${side}EyeTop`)!);
  const height = Math.max(1.5, below(point(`${side}EyeBottom`)!) - top);
  const half = Math.hypot(inner.x - outer.x, inner.y - outer.y) / 2;
  return {
    side,
    half,
    height,
    upper: (u) => top + 0.9 * Math.abs(top) * (u / half) ** 2,
    lower: (u) => Math.max(0, top + height) * Math.max(0, 1 - (u / half) ** 2),
    at: (u, v) => ({ x: x0 + u * right.x + v * down.x, y: y0 + u * right.y + v * down.y }),
    to,
  };
}

/** Pixel of the picture under a place, or −1 beside it. */
function pixelOf({ width, height }: { readonly width: number; readonly height: number }, { x, y }: Point): number {
  const [column, row] = [Math.floor(x), Math.floor(y)];
  return column < 0 || row < 0 || column >= width || row >= height ? -1 : row * width + column;
}

/** Lower edge of a lid at rest: above the lashes, and higher towards the corners, for shut it follows the lower lid. */
function edgeOfLid({ upper, height, half }: Eye, u: number): number {
  return upper(0) - LASHES * height - SAG * height * (u / half) ** 2;
}

/** Depth of the deepest skin of the columns about `u` of an eye and of its lid above. */
function deepest(lifted: Lifted, eye: Eye, u: number): number {
  let depth = -Infinity;
  for (let column = u - NEAR; column <= u + NEAR; column++) {
    const to = eye.lower(column) + BELOW * eye.height;
    for (let v = edgeOfLid(eye, column) - LENGTH * eye.height; v <= to; v++) {
      const i = pixelOf(lifted, eye.at(column, v));
      if (i >= 0 && lifted.matte[i] > 0.5) depth = Math.max(depth, lifted.depth[i]);
    }
  }
  return depth;
}

/**
 * The person with the eyes, lashes and all, set back a little behind the skin around them: lids that lie behind the
 * skin come out before them.
 */
export function withEyesBack(lifted: Lifted): Lifted {
  const { width, height, frame } = lifted;
  const depth = lifted.depth.slice();
  for (const eye of SIDES.map((side) => eyeOf(frame, side))) {
    const beside = BESIDE * eye.height;
    const middle = eye.at(0, 0);
    const reach = eye.half + 2 * eye.height;
    for (let y = Math.max(0, Math.floor(middle.y - reach)); y < Math.min(height, middle.y + reach); y++)
      for (let x = Math.max(0, Math.floor(middle.x - reach)); x < Math.min(width, middle.x + reach); x++) {
        const [u, v] = eye.to(x + 0.5, y + 0.5);
        if (Math.abs(u) > eye.half + beside) continue;
        if (v < eye.upper(u) - LASHES * eye.height + CLEARANCE || v > eye.lower(u) + BELOW * eye.height) continue;
        depth[y * width + x] = Math.max(depth[y * width + x], deepest(lifted, eye, u) + BEHIND.eye);
      }
  }
  return { ...lifted, depth };
}

/**
 * Upper lids: skin above each eye, behind the skin that the picture shows and before the eye, so that it comes out from
 * under brow and fold and covers the eye while the skin stays. At rest it is not seen.
 *
 * @param lifted as it is before its eyes are set back
 */
export function eyelids(lifted: Lifted): Seed[] {
  return SIDES.flatMap((side) => {
    const eye = eyeOf(lifted.frame, side);
    const step = Math.max(0.6, Math.min(1.6, eye.height / 10));
    const columns = Math.ceil((2 * (eye.half + BESIDE * eye.height)) / step) + 1;
    const us = Array.from({ length: columns }, (_, c) => (c - (columns - 1) / 2) * step);
    const { colors, lash } = lidColors(lifted, eye, us);
    const rows = Math.ceil((LENGTH * eye.height) / step) + 1;
    return us.flatMap((u, c) => {
      const z = deepest(lifted, eye, u) + BEHIND.lid;
      return Array.from({ length: rows }, (_, row): Seed | undefined => {
        const { x, y } = eye.at(u, edgeOfLid(eye, u) - row * step);
        if (!Number.isFinite(z) || pixelOf(lifted, { x, y }) < 0) return undefined;
        return {
          x,
          y,
          z,
          sigma: step * 0.9,
          opacity: 0.97,
          color: row * step < LASH_LINE * eye.height ? lash : colors[c],
          region: regionIndex(side === 'left' ? 'leftEyelid' : 'rightEyelid'),
        };
      }).filter((seed) => seed !== undefined);
    });
  });
}

/**
 * The lid itself is hidden while the eye is open. It has the colour of the skin above the lashes, column by column; a
 * low brow, hair or a deep shadow there, much darker than cheek or brightest column, is not the lid's.
 */
function lidColors(lifted: Lifted, eye: Eye, us: readonly number[]): { colors: Color[]; lash: Color } {
  const mean = (u: number, v: number): Color => {
    const { x, y } = eye.at(u, v);
    return meanColor(lifted, x, y, Math.max(1, 0.15 * eye.height));
  };
  const cheek = mean(0, eye.lower(0) + 0.8 * eye.height);
  const seen = us.map((u) => mean(u, eye.upper(u) - (LASHES + 0.2) * eye.height));
  const floor = Math.max(0.78 * luma(cheek), 0.88 * Math.max(...seen.map(luma)));
  const skin = seen.map((color) => (luma(color) < floor ? shade(cheek, floor / Math.max(0.02, luma(cheek))) : color));
  const colors = skin.map((color, c) =>
    mix(color, mix(skin[Math.max(0, c - 1)], skin[Math.min(skin.length - 1, c + 1)], 0.5), 0.5),
  );
  return { colors, lash: shade(cheek, 0.25) };
}

/** Rec. 709. */
function luma([red, green, blue]: Color): number {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function shade([red, green, blue]: Color, by: number): Color {
  return [red * by, green * by, blue * by];
}

function mix(a: Color, b: Color, share: number): Color {
  return [0, 1, 2].map((c) => a[c] + share * (b[c] - a[c])) as unknown as Color;
}
