import type { Image } from '@soliloquy/media';

/** One number for each pixel. */
export interface Plane {
  /** pixels */
  readonly width: number;
  /** pixels */
  readonly height: number;
  /** f32 [height, width] */
  readonly data: Float32Array;
}

export function planeOf(width: number, height: number): Plane {
  return { width, height, data: new Float32Array(width * height) };
}

/** The value at `(x, y)` pixels (pixel centres at .5), bilinear; outside it is the nearest edge's. */
export function sample(plane: Plane, x: number, y: number): number {
  const column = Math.min(Math.max(x - 0.5, 0), plane.width - 1);
  const row = Math.min(Math.max(y - 0.5, 0), plane.height - 1);
  const left = Math.floor(column);
  const top = Math.floor(row);
  const right = Math.min(left + 1, plane.width - 1);
  const bottom = Math.min(top + 1, plane.height - 1);
  const a = column - left;
  const b = row - top;
  const { data, width } = plane;
  return (
    (data[top * width + left] * (1 - a) + data[top * width + right] * a) * (1 - b) +
    (data[bottom * width + left] * (1 - a) + data[bottom * width + right] * a) * b
  );
}

/**
 * Mean over a window of `2 radius + 1` pixels square, by running sums; the window is cut at the edges. Means along rows
 * are kept only as long as a window holds them, and all columns advance together: memory is read once and in order.
 */
export function boxMean(plane: Plane, radius: number): Plane {
  if (radius < 1) return plane;
  const { width, height } = plane;
  const out = new Float32Array(width * height);
  const kept = Math.min(height, 2 * radius + 2);
  const rows = new Float32Array(kept * width);
  const sums = new Float64Array(width);
  let inside = 0;
  const add = (y: number): void => {
    const to = (y % kept) * width;
    runningMean(plane.data, y * width, rows.subarray(to, to + width), radius);
    for (let x = 0; x < width; x++) sums[x] += rows[to + x];
    inside++;
  };
  for (let y = 0; y < Math.min(radius, height); y++) add(y);
  for (let y = 0; y < height; y++) {
    if (y + radius < height) add(y + radius);
    if (y - radius - 1 >= 0) {
      const left = ((y - radius - 1) % kept) * width;
      for (let x = 0; x < width; x++) sums[x] -= rows[left + x];
      inside--;
    }
    for (let x = 0, at = y * width; x < width; x++, at++) out[at] = sums[x] / inside;
  }
  return { width, height, data: out };
}

/** Means of a row that begins at `start`, over `2 radius + 1` pixels. */
function runningMean(from: Float32Array, start: number, to: Float32Array, radius: number): void {
  const count = to.length;
  let sum = 0;
  let inside = 0;
  for (let i = 0; i < Math.min(radius, count); i++) {
    sum += from[start + i];
    inside++;
  }
  for (let i = 0; i < count; i++) {
    if (i + radius < count) {
      sum += from[start + i + radius];
      inside++;
    }
    if (i - radius - 1 >= 0) {
      sum -= from[start + i - radius - 1];
      inside--;
    }
    to[i] = sum / inside;
  }
}

/** Nearly a Gaussian of standard deviation `sigma` pixels: three box means. */
export function smooth(plane: Plane, sigma: number): Plane {
  const radius = Math.round((Math.sqrt(4 * sigma * sigma + 1) - 1) / 2);
  return boxMean(boxMean(boxMean(plane, radius), radius), radius);
}

/**
 * A picture by mean over the area of each new pixel (so nothing aliases); for making smaller. Colours count by their
 * alpha, so that what lies under clear parts of a cut-out does not come up at its rim; where all is clear they count
 * alike.
 */
export function shrinkImage(image: Image, width: number, height: number): Image {
  if (width === image.width && height === image.height) return image;
  const data = new Uint8ClampedArray(width * height * 4);
  const sums = new Float64Array(width * 4);
  // of colour by alpha
  const weighted = isOpaque(image) ? undefined : new Float64Array(width * 3);
  const edges = Int32Array.from({ length: width + 1 }, (_, x) => Math.floor((x * image.width) / width));
  for (let y = 0; y < height; y++) {
    const top = Math.floor((y * image.height) / height);
    const bottom = Math.max(top + 1, Math.floor(((y + 1) * image.height) / height));
    sums.fill(0);
    weighted?.fill(0);
    for (let row = top; row < bottom; row++) {
      for (let x = 0; x < width; x++) {
        const right = Math.max(edges[x] + 1, edges[x + 1]);
        for (let at = (row * image.width + edges[x]) * 4, end = (row * image.width + right) * 4; at < end; at += 4) {
          sums[x * 4] += image.data[at];
          sums[x * 4 + 1] += image.data[at + 1];
          sums[x * 4 + 2] += image.data[at + 2];
          sums[x * 4 + 3] += image.data[at + 3];
          if (weighted) for (let c = 0; c < 3; c++) weighted[x * 3 + c] += image.data[at + c] * image.data[at + 3];
        }
      }
    }
    for (let x = 0; x < width; x++) {
      const count = (bottom - top) * (Math.max(edges[x] + 1, edges[x + 1]) - edges[x]);
      for (let c = 0; c < 4; c++) data[(y * width + x) * 4 + c] = sums[x * 4 + c] / count;
      const alpha = sums[x * 4 + 3];
      if (weighted && alpha > 0)
        for (let c = 0; c < 3; c++) data[(y * width + x) * 4 + c] = weighted[x * 3 + c] / alpha;
    }
  }
  return { width, height, data };
}

/** A rectangle of a picture, which holds all of it; pixels. */
export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export function cropImage(image: Image, { left, top, width, height }: Rectangle): Image {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * image.width + left) * 4;
    data.set(image.data.subarray(from, from + width * 4), y * width * 4);
  }
  return { width, height, data };
}

function isOpaque({ data }: Image): boolean {
  for (let at = 3; at < data.length; at += 4) if (data[at] !== 255) return false;
  return true;
}

/** A plane at another size, bilinear; for making larger, or a little smaller. */
export function scalePlane(plane: Plane, width: number, height: number): Plane {
  if (width === plane.width && height === plane.height) return plane;
  const out = planeOf(width, height);
  const sx = plane.width / width;
  const sy = plane.height / height;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) out.data[y * width + x] = sample(plane, (x + 0.5) * sx, (y + 0.5) * sy);
  return out;
}

/** Rec. 601 luma of sRGB values, 0 … 1. Behind transparent pixels lies mid grey. */
export function lumaPlane(image: Image): Plane {
  const out = planeOf(image.width, image.height);
  for (let i = 0; i < out.data.length; i++) {
    const at = i * 4;
    const alpha = image.data[at + 3] / 255;
    const luma = (0.299 * image.data[at] + 0.587 * image.data[at + 1] + 0.114 * image.data[at + 2]) / 255;
    out.data[i] = luma * alpha + 0.5 * (1 - alpha);
  }
  return out;
}
