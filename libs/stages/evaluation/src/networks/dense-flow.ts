/** Brightness of a picture. */
export interface Luma {
  readonly side: number;
  /** f32 [side, side] 0 … 255 */
  readonly data: Float32Array;
}

/** Where every pixel goes: f32 [side, side] each, pixels. */
export interface Flow {
  readonly side: number;
  readonly x: Float32Array;
  readonly y: Float32Array;
}

const LEVELS = 4;
const ROUNDS = 3;
/** pixels to either side that share one motion */
const REACH = 5;
/** Squared gray levels per pixel added to a window's texture: one without any keeps the motion of the coarser level. */
const HOLD = 4;

/** A picture at full size and its halves. */
export function lumaPyramid(luma: Luma): Luma[] {
  const levels = [luma];
  for (let level = 1; level < LEVELS; level++) levels.push(halved(levels[level - 1]));
  return levels;
}

function halved({ side, data }: Luma): Luma {
  const half = side >> 1;
  const out = new Float32Array(half * half);
  for (let y = 0; y < half; y++)
    for (let x = 0; x < half; x++) {
      const p = 2 * y * side + 2 * x;
      out[y * half + x] = (data[p] + data[p + 1] + data[p + side] + data[p + side + 1]) / 4;
    }
  return { side: half, data: out };
}

/**
 * Dense flow from one picture to the next (Lucas and Kanade 1981, iterated, coarse to fine): at every pixel the shift
 * of its 11x11 window that leaves the least squared difference.
 *
 * @param before pyramid of the first picture, by `lumaPyramid`
 * @param after  of the next, of the same side
 */
export function denseFlow(before: readonly Luma[], after: readonly Luma[]): Flow {
  const coarsest = before[before.length - 1].side;
  let flow: Flow = { side: coarsest, x: new Float32Array(coarsest ** 2), y: new Float32Array(coarsest ** 2) };
  for (let level = before.length - 1; level >= 0; level--) {
    if (flow.side !== before[level].side) flow = doubled(flow);
    const texture = textureOf(before[level]);
    for (let round = 0; round < ROUNDS; round++) refine(texture, after[level], flow);
  }
  return flow;
}

/** Flow on twice as many pixels a side, each of its vectors twice as long. */
function doubled({ side, x, y }: Flow): Flow {
  return { side: 2 * side, x: grown(x, side), y: grown(y, side) };
}

/** Twice the bilinear samples at every pixel of a side twice as long: ¾ of the nearer pixel, ¼ of the other. */
function grown(data: Float32Array, side: number): Float32Array {
  const out = new Float32Array(4 * side * side);
  const held = (place: number): number => (place < 0 ? 0 : place >= side ? side - 1 : place);
  let at = 0;
  for (let y = 0; y < 2 * side; y++) {
    const [top, below] = [held((y - 1) >> 1) * side, held((y + 1) >> 1) * side];
    const v = y % 2 === 0 ? 0.75 : 0.25;
    for (let x = 0; x < 2 * side; x++) {
      const u = x % 2 === 0 ? 0.75 : 0.25;
      const p = x === 0 ? 0 : (x - 1) >> 1;
      const q = x + 1 === 2 * side ? side - 1 : (x + 1) >> 1;
      const above = data[top + p] * (1 - u) + data[top + q] * u;
      out[at++] = 2 * (above * (1 - v) + (data[below + p] * (1 - u) + data[below + q] * u) * v);
    }
  }
  return out;
}

/** Bilinear, held at the border. */
export function sampleAt(data: Float32Array, side: number, x: number, y: number): number {
  const last = side - 1;
  const cx = x < 0 ? 0 : x > last ? last : x;
  const cy = y < 0 ? 0 : y > last ? last : y;
  const x0 = cx >= last ? last - 1 : cx | 0;
  const y0 = cy >= last ? last - 1 : cy | 0;
  const [u, v] = [cx - x0, cy - y0];
  const p = y0 * side + x0;
  return (data[p] * (1 - u) + data[p + 1] * u) * (1 - v) + (data[p + side] * (1 - u) + data[p + side + 1] * u) * v;
}

/** A picture, its slopes, and the means of their products over the windows. */
interface Texture {
  readonly luma: Luma;
  readonly gx: Float32Array;
  readonly gy: Float32Array;
  readonly xx: Float32Array;
  readonly xy: Float32Array;
  readonly yy: Float32Array;
}

function textureOf(luma: Luma): Texture {
  const { side, data } = luma;
  const [gx, gy, xx, xy, yy] = Array.from({ length: 5 }, () => new Float32Array(side * side));
  for (let y = 0, i = 0; y < side; y++)
    for (let x = 0; x < side; x++, i++) {
      const across = (data[x < side - 1 ? i + 1 : i] - data[x > 0 ? i - 1 : i]) / 2;
      const along = (data[y < side - 1 ? i + side : i] - data[y > 0 ? i - side : i]) / 2;
      gx[i] = across;
      gy[i] = along;
      xx[i] = across * across;
      xy[i] = across * along;
      yy[i] = along * along;
    }
  for (const sum of [xx, xy, yy]) boxMean(sum, side);
  return { luma, gx, gy, xx, xy, yy };
}

/** One round of Gauss-Newton: Σ (∇I ∇Iᵀ + hold) d = Σ ∇I (I − J(x + flow)), ∇I of the first picture. */
function refine({ luma, gx, gy, xx, xy, yy }: Texture, after: Luma, flow: Flow): void {
  const { side, data } = luma;
  const xt = new Float32Array(side * side);
  const yt = new Float32Array(side * side);
  for (let y = 0, i = 0; y < side; y++)
    for (let x = 0; x < side; x++, i++) {
      const difference = data[i] - sampleAt(after.data, side, x + flow.x[i], y + flow.y[i]);
      xt[i] = gx[i] * difference;
      yt[i] = gy[i] * difference;
    }
  boxMean(xt, side);
  boxMean(yt, side);
  for (let i = 0; i < side * side; i++) {
    const a = xx[i] + HOLD;
    const b = xy[i];
    const c = yy[i] + HOLD;
    const scale = 1 / (a * c - b * b);
    flow.x[i] += (c * xt[i] - b * yt[i]) * scale;
    flow.y[i] += (a * yt[i] - b * xt[i]) * scale;
  }
}

/** Mean over the window of every pixel, of those within the picture; in place. */
function boxMean(data: Float32Array, side: number): void {
  // Running sums, in double precision: across in a line, along in a row of sums, which reads rows in their order.
  const line = new Float64Array(side + 1);
  for (let y = 0; y < side; y++) {
    const row = y * side;
    for (let x = 0; x < side; x++) line[x + 1] = line[x] + data[row + x];
    for (let x = 0; x < side; x++) {
      const from = x < REACH ? 0 : x - REACH;
      const to = x + REACH + 1 > side ? side : x + REACH + 1;
      data[row + x] = (line[to] - line[from]) / (to - from);
    }
  }
  const source = data.slice();
  const sums = new Float64Array(side);
  for (let y = -REACH; y < side; y++) {
    const [entering, leaving] = [y + REACH, y - REACH - 1];
    if (entering < side) for (let x = 0; x < side; x++) sums[x] += source[entering * side + x];
    if (leaving >= 0) for (let x = 0; x < side; x++) sums[x] -= source[leaving * side + x];
    if (y < 0) continue;
    const count = Math.min(side, y + REACH + 1) - Math.max(0, y - REACH);
    for (let x = 0; x < side; x++) data[y * side + x] = sums[x] / count;
  }
}
