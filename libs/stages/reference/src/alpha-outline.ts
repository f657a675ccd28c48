import { fromPupils, toPupils, type PupilFrame } from '@soliloquy/face';
import type { Image } from '@soliloquy/media';
import { keepConnected, planeOf, type Plane } from '@soliloquy/planes';

/** What a picture's alpha channel says of the person in it. */
export type AlphaOutline =
  /** nothing: it is opaque */
  | { readonly kind: 'none' }
  /** nothing: it hides most of the face */
  | { readonly kind: 'hides' }
  /** the person's own outline, f32 0 … 1 */
  | { readonly kind: 'person'; readonly matte: Plane }
  /** what of the picture is seen, a disc, a frame or a fade: f32 0 … 1 */
  | { readonly kind: 'shape'; readonly matte: Plane };

/** Longer side at which outlines are looked at, pixels. */
const LOOK_SIDE = 256;
/**
 * A person's outline has bays at the neck and the arms: the three of the tests fill 0.66 to 0.83 of their convex hulls.
 * Discs, ellipses, rounded squares and what a fade leaves fill theirs.
 */
const CONVEX = 0.97;
/** Beside a head, from 2.3 to 3.2 pupil distances (15 to 20 cm), is nothing of a person, hair included. */
const BESIDE = { from: 2.3, to: 3.2, top: -1.2, bottom: 1, step: 0.15 };

/**
 * Tells a cut-out of a person from a picture in a shape: the first has clear and solid parts, a solid face, bays in its
 * outline, and nothing on both sides of the head.
 */
export function alphaOutline(image: Image, face: PupilFrame): AlphaOutline {
  const matte = planeOf(image.width, image.height);
  let clear = 0;
  let solid = 0;
  let full = 0;
  for (let i = 0; i < matte.data.length; i++) {
    const alpha = image.data[i * 4 + 3];
    matte.data[i] = alpha / 255;
    if (alpha < 26) clear += 1;
    if (alpha > 229) solid += 1;
    if (alpha === 255) full += 1;
  }
  const pixels = matte.data.length;
  const covered = coverOfFace(matte, face);
  if (full === pixels) return { kind: 'none' };
  if (covered < 0.5) return { kind: 'hides' };
  const cut = covered >= 0.9 && clear >= 0.02 * pixels && solid >= 0.02 * pixels;
  const kind = cut && !besideHead(matte, face) && hullShare(matte, face) < CONVEX ? 'person' : 'shape';
  return { kind, matte };
}

/** Mean of the matte over the face. */
function coverOfFace(matte: Plane, face: PupilFrame): number {
  let inFace = 0;
  let covered = 0;
  const reach = 2.2 * face.unit;
  for (let y = Math.max(0, Math.floor(face.y - reach)); y < Math.min(matte.height, face.y + reach); y++) {
    for (let x = Math.max(0, Math.floor(face.x - reach)); x < Math.min(matte.width, face.x + reach); x++) {
      const { u, v } = toPupils(face, x + 0.5, y + 0.5);
      if ((u / 0.8) ** 2 + ((v - 0.4) / 1.1) ** 2 > 1) continue;
      inFace += 1;
      covered += matte.data[y * matte.width + x];
    }
  }
  return covered / Math.max(1, inFace);
}

/** Whether both sides of the head are solid, as far as they are in the picture. */
function besideHead(matte: Plane, face: PupilFrame): boolean {
  const solidAt = (u: number, v: number): number | undefined => {
    const { x, y } = fromPupils(face, u, v);
    const [column, row] = [Math.floor(x), Math.floor(y)];
    if (column < 0 || row < 0 || column >= matte.width || row >= matte.height) return undefined;
    return matte.data[row * matte.width + column] > 0.5 ? 1 : 0;
  };
  return [-1, 1].every((side) => {
    let seen = 0;
    let solid = 0;
    for (let u = BESIDE.from; u <= BESIDE.to; u += BESIDE.step)
      for (let v = BESIDE.top; v <= BESIDE.bottom; v += BESIDE.step) {
        const value = solidAt(side * u, v);
        if (value === undefined) continue;
        seen += 1;
        solid += value;
      }
    return seen >= 10 && solid > 0.9 * seen;
  });
}

/** How much of its convex hull the solid part around the face fills. */
function hullShare(matte: Plane, face: PupilFrame): number {
  const scale = Math.min(1, LOOK_SIDE / Math.max(matte.width, matte.height));
  const width = Math.max(1, Math.round(matte.width * scale));
  const height = Math.max(1, Math.round(matte.height * scale));
  const mask = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * matte.height) / height) * matte.width;
    for (let x = 0; x < width; x++)
      mask[y * width + x] = matte.data[row + Math.floor(((x + 0.5) * matte.width) / width)] > 0.5 ? 1 : 0;
  }
  const [sx, sy] = [matte.width / width, matte.height / height];
  keepConnected(mask, width, height, (x, y) => {
    const { u, v } = toPupils(face, (x + 0.5) * sx, (y + 0.5) * sy);
    return u ** 2 + (v - 0.4) ** 2 < 1;
  });
  const corners: [number, number][] = [];
  let area = 0;
  for (let y = 0; y < height; y++) {
    const line = mask.subarray(y * width, (y + 1) * width);
    const [first, last] = [line.indexOf(1), line.lastIndexOf(1) + 1];
    if (first < 0) continue;
    corners.push([first, y], [first, y + 1], [last, y], [last, y + 1]);
    area += line.reduce((sum, value) => sum + value, 0);
  }
  return area === 0 ? 1 : area / areaOf(convexHull(corners));
}

type Corner = readonly [number, number];

/** Andrew's monotone chain, in order around the hull. */
function convexHull(corners: Corner[]): Corner[] {
  const sorted = corners.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
  const chain = (points: readonly Corner[]): Corner[] => {
    const hull: Corner[] = [];
    for (const p of points) {
      while (hull.length >= 2 && turnOf(hull.at(-2)!, hull.at(-1)!, p) <= 0) hull.pop();
      hull.push(p);
    }
    return hull.slice(0, -1);
  };
  return [...chain(sorted), ...chain(sorted.toReversed())];
}

const turnOf = (a: Corner, b: Corner, c: Corner): number =>
  (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);

/** By the shoelace formula. */
function areaOf(hull: readonly Corner[]): number {
  return (
    hull.reduce((sum, [x, y], i) => {
      const [nextX, nextY] = hull[(i + 1) % hull.length];
      return sum + x * nextY - nextX * y;
    }, 0) / 2
  );
}
