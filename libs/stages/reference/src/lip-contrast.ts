import type { Image } from '@soliloquy/media';

type Point = { readonly x: number; readonly y: number };
/** CIE L*a*b* (1976), D65. */
type Lab = readonly [number, number, number];

/** Rings of the lips in the mesh, point by point: the outer edge of the red, and the inner one. */
// prettier-ignore
const OUTER = [
  61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185,
];
// prettier-ignore
const INNER = [
  78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191,
];
/** Places in these rings, without the corners: of the lower lip, of the upper one. */
const LIPS = [
  [2, 3, 4, 5, 6, 7, 8],
  [12, 13, 14, 15, 16, 17, 18],
];
/** Skin of a face with a covered mouth: forehead, root of the nose, below the eyes. Then skin below the nose. */
const ABOVE = [6, 197, 195, 117, 118, 346, 347, 151, 9, 5, 4];
const BELOW = [164, 18, 200, 199, 205, 425, 187, 411, 57, 287];
/** How far outside the lips the skin around them is read, and over how wide a square a color is; eye distances. */
const AROUND = 0.1;
const SPOT = 0.015;
/** Lightness of skin to which differences are scaled: a dark picture has small ones. */
const LIGHTNESS = 60;
/** Darker skin is not told from black. */
const LEAST_LIGHTNESS = 8;

/**
 * Lips of less contrast are told to be unsure: of 61 mouths in the open (43 as they are, 18 altered) those of four
 * altered pictures of one pale mouth, of 18 behind painted fingers of the skin's color 17.
 */
export const FAINT_LIPS = 11.5;

/** What a picture shows where the mesh has the lips. */
export interface LipEvidence {
  /** ΔE between lips and the skin around them, upper and lower lip summed, as it were for skin of L* 60 */
  readonly contrast: number;
  /** ΔE between the skin above and below the tip of the nose */
  readonly lowerFace: number;
}

/**
 * Whether lips are to be seen where the mesh says that they are: it says so of a mask too, and the mirrored picture
 * does not contradict it. Lips differ from the skin around them, and the lower face is of the color of the upper one.
 *
 * @param mesh 478 points
 */
export function lipEvidence(image: Image, mesh: readonly Point[]): LipEvidence {
  const eyes = Math.hypot(mesh[33].x - mesh[263].x, mesh[33].y - mesh[263].y);
  const reach = Math.round(SPOT * eyes);
  const at = (point: Point): Lab => colorAt(image, point, reach);
  const middle = between(mesh[13], mesh[14]);
  const skin = medianOf(ABOVE.map((i) => at(mesh[i])));
  let contrast = 0;
  for (const places of LIPS) {
    const lip = places.map((k) => at(between(mesh[OUTER[k]], mesh[INNER[k]])));
    const around = places.map((k) => at(outside(middle, mesh[OUTER[k]], AROUND * eyes)));
    contrast += distance(meanOf(lip), meanOf(around));
  }
  return {
    contrast: (contrast * LIGHTNESS) / Math.max(LEAST_LIGHTNESS, skin[0]),
    lowerFace: distance(skin, medianOf(BELOW.map((i) => at(mesh[i])))),
  };
}

/**
 * Bounds set on 99 mouths in the open (painted, photographed, dark, grey, small, JPEG 30, in colored light; 59 of them
 * altered pictures of six people) and 28 behind painted masks and scarves, which they tell apart: an open mouth there
 * has a contrast of 13 or more, or a lower face within 10 of the upper one.
 */
export function isCovered({ contrast, lowerFace }: LipEvidence): boolean {
  return (contrast < 13 && lowerFace > 20) || (contrast < 6 && lowerFace > 12);
}

function between(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

/** A place farther from the middle. */
function outside(middle: Point, { x, y }: Point, by: number): Point {
  const length = Math.max(1e-6, Math.hypot(x - middle.x, y - middle.y));
  const share = (length + by) / length;
  return { x: middle.x + (x - middle.x) * share, y: middle.y + (y - middle.y) * share };
}

/** Mean color of a small square, the picture's edge carried on. */
function colorAt({ width, height, data }: Image, { x, y }: Point, reach: number): Lab {
  const sums = [0, 0, 0];
  for (let j = -reach; j <= reach; j++)
    for (let i = -reach; i <= reach; i++) {
      const column = Math.min(width - 1, Math.max(0, Math.floor(x) + i));
      const row = Math.min(height - 1, Math.max(0, Math.floor(y) + j));
      for (let c = 0; c < 3; c++) sums[c] += data[(row * width + column) * 4 + c];
    }
  const count = (2 * reach + 1) ** 2;
  return labOf(sums.map((sum) => sum / count / 255));
}

/** @param rgb sRGB, 0 … 1 */
function labOf(rgb: readonly number[]): Lab {
  const [r, g, b] = rgb.map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  const root = (value: number): number => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116);
  const x = root((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
  const y = root(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = root((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function meanOf(colors: readonly Lab[]): Lab {
  const mean = (c: number): number => colors.reduce((sum, color) => sum + color[c], 0) / colors.length;
  return [mean(0), mean(1), mean(2)];
}

function medianOf(colors: readonly Lab[]): Lab {
  const median = (c: number): number => colors.map((color) => color[c]).sort((a, b) => a - b)[colors.length >> 1];
  return [median(0), median(1), median(2)];
}

function distance(a: Lab, b: Lab): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}
