/** A turned rectangle of a picture that a network looks at. */
export interface Region {
  /** centre, pixels */
  readonly x: number;
  readonly y: number;
  /** pixels */
  readonly width: number;
  readonly height: number;
  /** by which it is turned clockwise, radians */
  readonly angle: number;
}

/** A place in a picture, pixels, pixel centres at .5; +x right, +y down. */
export type Place = readonly [x: number, y: number];

export function placeOf({ x, y }: { readonly x: number; readonly y: number }): Place {
  return [x, y];
}

/** Where a place of a region, 0 … 1 along its sides, lies in the picture. */
export function toPicture({ x, y, width, height, angle }: Region, u: number, v: number): Place {
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  const across = (u - 0.5) * width;
  const along = (v - 0.5) * height;
  return [x + c * across - s * along, y + s * across + c * along];
}

/** Where a place of the picture lies in a region, 0 … 1 along its sides. */
export function toRegion({ x, y, width, height, angle }: Region, [px, py]: Place): Place {
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  return [(c * (px - x) + s * (py - y)) / width + 0.5, (c * (py - y) - s * (px - x)) / height + 0.5];
}

/** Directions of a region, radians from its +x, against the clock. */
const DIRECTIONS = { right: 0, up: Math.PI / 2, down: -Math.PI / 2 };

/** By how much a region is turned in which the way from one place to another points in a direction. */
export function turnedSo(from: Place, to: Place, direction: keyof typeof DIRECTIONS): number {
  const turn = DIRECTIONS[direction] - Math.atan2(from[1] - to[1], to[0] - from[0]);
  return turn - 2 * Math.PI * Math.floor((turn + Math.PI) / (2 * Math.PI));
}

/** A square around a place. */
export function squareAt([x, y]: Place, side: number, angle = 0): Region {
  return { x, y, width: side, height: side, angle };
}

/** The square on the longer side, `scale` times as large, moved along its own height by `down` of that height. */
export function squared(region: Region, scale: number, down = 0): Region {
  const [x, y] = toPicture(region, 0.5, 0.5 + down);
  return squareAt([x, y], Math.max(region.width, region.height) * scale, region.angle);
}

/** The smallest region turned by `angle` that holds every place. */
export function boundsOf(places: readonly Place[], angle: number): Region {
  const axes = { x: 0, y: 0, width: 1, height: 1, angle };
  const local = places.map((place) => toRegion(axes, place));
  const [us, vs] = [0, 1].map((axis) => local.map((place) => place[axis]));
  const [left, right, top, bottom] = [Math.min(...us), Math.max(...us), Math.min(...vs), Math.max(...vs)];
  const [x, y] = toPicture(axes, (left + right) / 2, (top + bottom) / 2);
  return { x, y, width: right - left, height: bottom - top, angle };
}

/** The square around a whole picture. */
export function wholeOf({ width, height }: { readonly width: number; readonly height: number }): Region {
  return squareAt([width / 2, height / 2], Math.max(width, height));
}

export function distance([ax, ay]: Place, [bx, by]: Place): number {
  return Math.hypot(ax - bx, ay - by);
}

export function between(a: Place, b: Place, share = 0.5): Place {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share];
}
