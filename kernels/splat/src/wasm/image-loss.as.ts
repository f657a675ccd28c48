// (1 - λ) L1 + λ (1 - SSIM) and its gradient in two passes over blocks of rows (Wang et al. 2004: 11x11 Gaussian
// window, σ 1.5; borders see zeros, as the losses of 3DGS do). Rows are interleaved rgb, so the window's neighbours
// along x are 3 floats apart and channels need no care. What the window costs is its number of instructions. So several
// outputs are taken at a time: a number is loaded once and added to all that see it. reads: image, target, weights;
// writes: partials, gradient, sums
import {
  C_HAS_SSIM,
  C_HAS_WEIGHTS,
  C_LOSS_HEIGHT,
  C_LOSS_SCRATCH_STRIDE,
  C_PLANE_STRIDE,
  C_LOSS_WIDTH,
  D_L1_FACTOR,
  D_SSIM_FACTOR,
  D_WINDOW,
  K_HALF,
  K_HALF_C1,
  K_HALF_C2,
  K_ONE,
  K_SIGN,
  LOSS_PAD,
  LOSS_ROWS,
  LOSS_SEEN,
  P_LOSS_GRADIENT,
  P_LOSS_IMAGE,
  P_LOSS_PARTIALS,
  P_LOSS_SUMS,
  P_LOSS_TARGET,
  P_LOSS_WEIGHTS,
} from '../layout';
import { address, madd, nmadd } from './math.as';

const ROWS: usize = LOSS_ROWS;
const SEEN: usize = LOSS_SEEN;
/** rows that the window sees on either side */
const REACH = (LOSS_SEEN - LOSS_ROWS) / 2;

// what is summed across rows; SSIM needs the two squares only together
const X = 0;
const SQUARES = 1;
const PRODUCT = 2;

/** At `x` in the image and `y` in the target. */
@inline
function valueAt(what: i32, x: usize, y: usize): v128 {
  const a = v128.load(x);
  if (what == X) return a;
  const b = v128.load(y);
  if (what == PRODUCT) return f32x4.mul(a, b);
  return madd(a, a, f32x4.mul(b, b));
}

/** Weight of the window k from its middle. */
@inline
function windowAt(k: usize): v128 {
  return f32x4.splat(<f32>load<f64>(<usize>D_WINDOW + (k << 3)));
}

/**
 * The window of 11 neighbours: its two halves are alike. Two sums, for a chain of six multiply-adds that wait for one
 * another takes 1.1 times as long.
 */
@inline
function windowOf(
  a5: v128,
  a4: v128,
  a3: v128,
  a2: v128,
  a1: v128,
  at: v128,
  b1: v128,
  b2: v128,
  b3: v128,
  b4: v128,
  b5: v128,
  w0: v128,
  w1: v128,
  w2: v128,
  w3: v128,
  w4: v128,
  w5: v128,
): v128 {
  let sum = f32x4.mul(w0, at);
  sum = madd(w1, f32x4.add(a1, b1), sum);
  sum = madd(w2, f32x4.add(a2, b2), sum);
  let far = f32x4.mul(w3, f32x4.add(a3, b3));
  far = madd(w4, f32x4.add(a4, b4), far);
  far = madd(w5, f32x4.add(a5, b5), far);
  return f32x4.add(sum, far);
}

/**
 * Window across rows, for the 8 rows of a block: `x` and `y` are the first of LOSS_SEEN rows, `pitch` bytes apart;
 * scratch rows are `rowBytes` apart.
 */
@inline
function windowAcross(what: i32, x0: usize, y0: usize, pitch: usize, to0: usize, rowBytes: usize, bytes: usize): void {
  const w0 = windowAt(0),
    w1 = windowAt(1),
    w2 = windowAt(2),
    w3 = windowAt(3),
    w4 = windowAt(4),
    w5 = windowAt(5);
  for (let i: usize = 0; i < bytes; i += 16) {
    let x = x0 + i,
      y = y0 + i,
      to = to0 + i;
    const v0 = valueAt(what, x, y);
    const v1 = valueAt(what, (x += pitch), (y += pitch));
    const v2 = valueAt(what, (x += pitch), (y += pitch));
    const v3 = valueAt(what, (x += pitch), (y += pitch));
    const v4 = valueAt(what, (x += pitch), (y += pitch));
    const v5 = valueAt(what, (x += pitch), (y += pitch));
    const v6 = valueAt(what, (x += pitch), (y += pitch));
    const v7 = valueAt(what, (x += pitch), (y += pitch));
    const v8 = valueAt(what, (x += pitch), (y += pitch));
    const v9 = valueAt(what, (x += pitch), (y += pitch));
    const v10 = valueAt(what, (x += pitch), (y += pitch));
    v128.store(to, windowOf(v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, w0, w1, w2, w3, w4, w5));
    const v11 = valueAt(what, (x += pitch), (y += pitch));
    v128.store((to += rowBytes), windowOf(v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, w0, w1, w2, w3, w4, w5));
    const v12 = valueAt(what, (x += pitch), (y += pitch));
    v128.store((to += rowBytes), windowOf(v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12, w0, w1, w2, w3, w4, w5));
    const v13 = valueAt(what, (x += pitch), (y += pitch));
    v128.store((to += rowBytes), windowOf(v3, v4, v5, v6, v7, v8, v9, v10, v11, v12, v13, w0, w1, w2, w3, w4, w5));
    const v14 = valueAt(what, (x += pitch), (y += pitch));
    v128.store((to += rowBytes), windowOf(v4, v5, v6, v7, v8, v9, v10, v11, v12, v13, v14, w0, w1, w2, w3, w4, w5));
    const v15 = valueAt(what, (x += pitch), (y += pitch));
    v128.store((to += rowBytes), windowOf(v5, v6, v7, v8, v9, v10, v11, v12, v13, v14, v15, w0, w1, w2, w3, w4, w5));
    const v16 = valueAt(what, (x += pitch), (y += pitch));
    v128.store((to += rowBytes), windowOf(v6, v7, v8, v9, v10, v11, v12, v13, v14, v15, v16, w0, w1, w2, w3, w4, w5));
    const v17 = valueAt(what, (x += pitch), (y += pitch));
    v128.store((to += rowBytes), windowOf(v7, v8, v9, v10, v11, v12, v13, v14, v15, v16, v17, w0, w1, w2, w3, w4, w5));
  }
}

function across(x: usize, pitch: usize, to: usize, rowBytes: usize, bytes: usize): void {
  windowAcross(X, x, x, pitch, to, rowBytes, bytes);
}

function acrossSquares(x: usize, y: usize, pitch: usize, to: usize, rowBytes: usize, bytes: usize): void {
  windowAcross(SQUARES, x, y, pitch, to, rowBytes, bytes);
}

function acrossProduct(x: usize, y: usize, pitch: usize, to: usize, rowBytes: usize, bytes: usize): void {
  windowAcross(PRODUCT, x, y, pitch, to, rowBytes, bytes);
}

/**
 * Window along a row that has zeros around it. Of each 16 pixels those quads are taken together that are 4 pixels
 * apart, for they see the same numbers.
 */
function along(from: usize, to: usize, bytes: usize): void {
  const w0 = windowAt(0),
    w1 = windowAt(1),
    w2 = windowAt(2),
    w3 = windowAt(3),
    w4 = windowAt(4),
    w5 = windowAt(5);
  let p = from - 60;
  for (const end = p + bytes; p < end; p += 144, to += 144) {
    for (const quads = p + 48; p < quads; p += 16, to += 16) {
      const v0 = v128.load(p);
      const v1 = v128.load(p, 12);
      const v2 = v128.load(p, 24);
      const v3 = v128.load(p, 36);
      const v4 = v128.load(p, 48);
      const v5 = v128.load(p, 60);
      const v6 = v128.load(p, 72);
      const v7 = v128.load(p, 84);
      const v8 = v128.load(p, 96);
      const v9 = v128.load(p, 108);
      const v10 = v128.load(p, 120);
      v128.store(to, windowOf(v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, w0, w1, w2, w3, w4, w5));
      const v11 = v128.load(p, 132);
      const v12 = v128.load(p, 144);
      const v13 = v128.load(p, 156);
      const v14 = v128.load(p, 168);
      v128.store(to, windowOf(v4, v5, v6, v7, v8, v9, v10, v11, v12, v13, v14, w0, w1, w2, w3, w4, w5), 48);
      const v15 = v128.load(p, 180);
      const v16 = v128.load(p, 192);
      const v17 = v128.load(p, 204);
      const v18 = v128.load(p, 216);
      v128.store(to, windowOf(v8, v9, v10, v11, v12, v13, v14, v15, v16, v17, v18, w0, w1, w2, w3, w4, w5), 96);
      const v19 = v128.load(p, 228);
      const v20 = v128.load(p, 240);
      const v21 = v128.load(p, 252);
      const v22 = v128.load(p, 264);
      v128.store(to, windowOf(v12, v13, v14, v15, v16, v17, v18, v19, v20, v21, v22, w0, w1, w2, w3, w4, w5), 144);
    }
  }
}

/**
 * Whether the rows that a block's window sees can be read where they lie: not where some are outside the image, nor
 * where rows are multiples of 1024 bytes apart, which puts them all into a few sets of the first cache (512 pixels: 2
 * ms of 14).
 */
@inline
function liesReady(pitch: usize, first: i32): bool {
  return first >= 0 && first + LOSS_SEEN <= load<i32>(C_LOSS_HEIGHT) && (pitch & 1023) != 0;
}

/**
 * The LOSS_SEEN rows of a plane from `first` on: where they lie if they do so ready, else a copy, `rowBytes` apart and
 * zero outside the image.
 */
function seenRows(plane: usize, pitch: usize, first: i32, copy: usize, rowBytes: usize): usize {
  if (liesReady(pitch, first)) return plane + <usize>first * pitch;
  const height = load<i32>(C_LOSS_HEIGHT);
  let to = copy;
  for (let row = first; row < first + LOSS_SEEN; row++, to += rowBytes) {
    if (<u32>row < <u32>height) memory.copy(to, plane + <usize>row * pitch, pitch);
    else memory.fill(to, 0, pitch);
  }
  return copy;
}

/** A row's weight of every interleaved element, zero beyond the row. */
function spreadWeights(row: i32, to: usize, bytes: usize): void {
  if (load<i32>(C_HAS_WEIGHTS) == 0) {
    const one = v128.load(K_ONE);
    for (let i: usize = 0; i < bytes; i += 16) v128.store(to + i, one);
  } else {
    let from = address(P_LOSS_WEIGHTS) + <usize>row * <usize>load<i32>(C_LOSS_WIDTH) * 4;
    for (let i: usize = 0; i < bytes; i += 48, from += 16) {
      const w = v128.load(from);
      v128.store(to + i, v128.shuffle<f32>(w, w, 0, 0, 0, 1));
      v128.store(to + i, v128.shuffle<f32>(w, w, 1, 1, 2, 2), 16);
      v128.store(to + i, v128.shuffle<f32>(w, w, 2, 3, 3, 3), 32);
    }
  }
  memory.fill(to + bytes, 0, 16);
}

@inline
function total(v: v128): f64 {
  return (
    <f64>f32x4.extract_lane(v, 0) +
    <f64>f32x4.extract_lane(v, 1) +
    (<f64>f32x4.extract_lane(v, 2) + <f64>f32x4.extract_lane(v, 3))
  );
}

/**
 * Pass 1: the SSIM map m, its weighted sum, and its derivatives by the window sums, times weight and factor, summed
 * along x for the window of pass 2 (the window is symmetric, so it is its own adjoint).
 * m = A1 A2 / (B1 B2); A1 = μx μy + C1 / 2, A2 = σxy + C2 / 2, B1 = (μx² + μy² + C1) / 2, B2 = (σxx + σyy + C2) / 2.
 */
export function lossMap(block: i32, scratch: usize): void {
  const width = <usize>load<i32>(C_LOSS_WIDTH),
    height = load<i32>(C_LOSS_HEIGHT),
    bytes = width * 12,
    wide = (<usize>load<i32>(C_PLANE_STRIDE)) << 2;
  const rowBytes = <usize>load<i32>(C_LOSS_SCRATCH_STRIDE),
    blockBytes = ROWS * rowBytes;
  const first = block * LOSS_ROWS,
    rows = min(height - first, LOSS_ROWS);
  const seen = first - REACH,
    sums = scratch + 2 * SEEN * rowBytes + LOSS_PAD,
    means = sums + 4 * blockBytes,
    weights = means + 4 * rowBytes;
  const x = seenRows(address(P_LOSS_IMAGE), bytes, seen, scratch, rowBytes),
    y = seenRows(address(P_LOSS_TARGET), bytes, seen, scratch + SEEN * rowBytes, rowBytes);
  const pitch = liesReady(bytes, seen) ? bytes : rowBytes;
  across(x, pitch, sums, rowBytes, bytes);
  across(y, pitch, sums + blockBytes, rowBytes, bytes);
  acrossSquares(x, y, pitch, sums + 2 * blockBytes, rowBytes, bytes);
  acrossProduct(x, y, pitch, sums + 3 * blockBytes, rowBytes, bytes);
  // zeros before the first row and from the end of each to the next; what was summed there is of no picture
  memory.fill(sums - LOSS_PAD, 0, LOSS_PAD);
  for (let row: usize = 0; row < 4 * ROWS; row++) memory.fill(sums + row * rowBytes + bytes, 0, rowBytes - bytes);

  const plane = wide * <usize>height,
    factor = f32x4.splat(<f32>load<f64>(D_SSIM_FACTOR));
  const c1 = v128.load(K_HALF_C1),
    c2 = v128.load(K_HALF_C2),
    half = v128.load(K_HALF),
    one = v128.load(K_ONE);
  for (let row = 0; row < rows; row++) {
    const ofX = sums + <usize>row * rowBytes,
      ofY = ofX + blockBytes,
      ofSquares = ofY + blockBytes,
      ofProduct = ofSquares + blockBytes;
    along(ofX, means, bytes);
    along(ofY, means + rowBytes, bytes);
    along(ofSquares, means + 2 * rowBytes, bytes);
    along(ofProduct, means + 3 * rowBytes, bytes);
    if (row == 0 || load<i32>(C_HAS_WEIGHTS) != 0) spreadWeights(first + row, weights, bytes);
    let sum = f32x4.splat(0);
    for (let i: usize = 0; i < bytes; i += 16) {
      const at = means + i;
      const mx = v128.load(at),
        my = v128.load(at + rowBytes),
        weight = v128.load(weights + i);
      const mxy = f32x4.mul(mx, my),
        squares = madd(mx, mx, f32x4.mul(my, my));
      const a1 = f32x4.add(mxy, c1),
        a2 = f32x4.add(f32x4.sub(v128.load(at + 3 * rowBytes), mxy), c2);
      const b1 = madd(half, squares, c1),
        b2 = madd(half, f32x4.sub(v128.load(at + 2 * rowBytes), squares), c2);
      const inverse = f32x4.div(one, f32x4.mul(b1, b2));
      const map = f32x4.mul(f32x4.mul(a1, a2), inverse);
      sum = madd(map, weight, sum);
      const scaled = f32x4.mul(f32x4.mul(weight, factor), inverse),
        scaledMap = f32x4.mul(map, scaled);
      // by μx, of which all four are made; by E[xx], times -2; by E[xy]
      v128.store(
        ofX + i,
        nmadd(f32x4.mul(scaledMap, mx), f32x4.sub(b2, b1), f32x4.mul(f32x4.mul(scaled, my), f32x4.sub(a2, a1))),
      );
      v128.store(ofY + i, f32x4.mul(scaledMap, b1));
      v128.store(ofSquares + i, f32x4.mul(scaled, a1));
    }
    store<f64>(address(P_LOSS_SUMS) + ((<usize>(first + row)) << 4), total(sum), 8);
    // the derivatives lie where the sums did, with the same zeros around them
    const to = address(P_LOSS_PARTIALS) + <usize>(first + row) * wide;
    along(ofX, to, bytes);
    along(ofY, to + plane, bytes);
    along(ofSquares, to + 2 * plane, bytes);
  }
}

/** Copies a row, with zeros in what is left of its last quad. */
@inline
function copyRow(from: usize, to: usize, bytes: usize): usize {
  memory.copy(to, from, bytes);
  memory.fill(to + bytes, 0, 16);
  return to;
}

/**
 * Pass 2: window across rows of the partials, the chain to the image, L1 and its gradient. The sum of |x - y| is not
 * finite where an image is not.
 */
export function lossGradient(block: i32, scratch: usize): void {
  const width = <usize>load<i32>(C_LOSS_WIDTH),
    height = load<i32>(C_LOSS_HEIGHT),
    bytes = width * 12,
    wide = (<usize>load<i32>(C_PLANE_STRIDE)) << 2;
  const rowBytes = <usize>load<i32>(C_LOSS_SCRATCH_STRIDE),
    blockBytes = ROWS * rowBytes,
    ssim = load<i32>(C_HAS_SSIM) != 0;
  const first = block * LOSS_ROWS,
    rows = min(height - first, LOSS_ROWS);
  const seen = first - REACH,
    byX = scratch + SEEN * rowBytes,
    weights = byX + 3 * blockBytes;
  if (ssim) {
    for (let p: usize = 0; p < 3; p++) {
      const plane = address(P_LOSS_PARTIALS) + p * wide * <usize>height;
      across(
        seenRows(plane, wide, seen, scratch, rowBytes),
        liesReady(wide, seen) ? wide : rowBytes,
        byX + p * blockBytes,
        rowBytes,
        bytes,
      );
    }
  }
  const factor = f32x4.splat(<f32>load<f64>(D_L1_FACTOR)),
    zero = f32x4.splat(0),
    signBit = v128.load(K_SIGN);
  for (let row = 0; row < rows; row++) {
    if (row == 0 || load<i32>(C_HAS_WEIGHTS) != 0) spreadWeights(first + row, weights, bytes);
    const at = <usize>(first + row) * bytes,
      whole = (bytes & 15) == 0;
    let image = address(P_LOSS_IMAGE) + at,
      target = address(P_LOSS_TARGET) + at,
      gradient = address(P_LOSS_GRADIENT) + at;
    if (!whole) {
      // the last quad reaches beyond the row
      image = copyRow(image, weights + rowBytes, bytes);
      target = copyRow(target, weights + 2 * rowBytes, bytes);
      gradient = weights + 3 * rowBytes;
    }
    const fromRow = byX + <usize>row * rowBytes;
    let sum = f32x4.splat(0);
    for (let i: usize = 0; i < bytes; i += 16) {
      const x = v128.load(image + i),
        y = v128.load(target + i),
        weight = v128.load(weights + i);
      const difference = f32x4.sub(x, y),
        sign = v128.and(difference, signBit);
      sum = madd(weight, v128.xor(difference, sign), sum);
      let g = v128.and(f32x4.ne(difference, zero), v128.xor(f32x4.mul(factor, weight), sign));
      if (ssim) {
        const from = fromRow + i;
        g = f32x4.add(g, v128.load(from));
        g = nmadd(x, v128.load(from + blockBytes), g);
        g = madd(y, v128.load(from + 2 * blockBytes), g);
      }
      v128.store(gradient + i, g);
    }
    if (!whole) memory.copy(address(P_LOSS_GRADIENT) + at, gradient, bytes);
    store<f64>(address(P_LOSS_SUMS) + ((<usize>(first + row)) << 4), total(sum));
  }
}
