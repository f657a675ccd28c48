// (1 - λ) L1 + λ (1 - SSIM) and its gradient in four passes over rows (Wang et al. 2004: 11x11 Gaussian window, σ 1.5; borders see zeros,
// as the losses of 3DGS do). Rows are interleaved rgb, so the window's neighbours along x are 3 floats apart and channels need no care.
// reads: image, target, weights; writes: row sums, partials, gradient, sums
import {
  C_HAS_SSIM, C_HAS_WEIGHTS, C_LOSS_HEIGHT, C_LOSS_SCRATCH_STRIDE, C_PLANE_STRIDE, C_LOSS_WIDTH, D_L1_FACTOR, D_SSIM_FACTOR, D_WINDOW, LOSS_ROWS, P_LOSS_GRADIENT,
  P_LOSS_IMAGE, P_LOSS_PARTIALS, P_LOSS_ROW_SUMS, P_LOSS_SUMS, P_LOSS_TARGET, P_LOSS_WEIGHTS, P_LOSS_ZEROS,
} from './layout';
import { address, madd } from './math.as';

const C1: f32 = 0.0001;
const C2: f32 = 0.0009;
/** bytes of zeros before a scratch row: 5 pixels, and room to keep it aligned */
const PAD: usize = 64;

@inline
function planeBytes(): usize {
  return (<usize>load<i32>(C_PLANE_STRIDE) << 2) * <usize>load<i32>(C_LOSS_HEIGHT);
}

/** Window along a padded scratch row. */
@inline
function windowAlong(from: usize, to: usize, bytes: usize): void {
  const w0 = f32x4.splat(<f32>load<f64>(D_WINDOW)), w1 = f32x4.splat(<f32>load<f64>(D_WINDOW, 8)), w2 = f32x4.splat(<f32>load<f64>(D_WINDOW, 16));
  const w3 = f32x4.splat(<f32>load<f64>(D_WINDOW, 24)), w4 = f32x4.splat(<f32>load<f64>(D_WINDOW, 32)), w5 = f32x4.splat(<f32>load<f64>(D_WINDOW, 40));
  for (let i: usize = 0; i < bytes; i += 16) {
    const p = from + i;
    let sum = f32x4.mul(w0, v128.load(p));
    sum = madd(w1, f32x4.add(v128.load(p - 12), v128.load(p + 12)), sum);
    sum = madd(w2, f32x4.add(v128.load(p - 24), v128.load(p + 24)), sum);
    sum = madd(w3, f32x4.add(v128.load(p - 36), v128.load(p + 36)), sum);
    sum = madd(w4, f32x4.add(v128.load(p - 48), v128.load(p + 48)), sum);
    sum = madd(w5, f32x4.add(v128.load(p - 60), v128.load(p + 60)), sum);
    v128.store(to + i, sum);
  }
}

/** Row y of a plane, or zeros outside the image. */
@inline
function rowOf(plane: usize, y: i32): usize {
  if (<u32>y >= <u32>load<i32>(C_LOSS_HEIGHT)) return address(P_LOSS_ZEROS);
  return plane + <usize>y * (<usize>load<i32>(C_PLANE_STRIDE) << 2);
}

/** Window across rows of a plane, into a scratch row. */
@inline
function windowAcross(plane: usize, y: i32, to: usize, bytes: usize): void {
  const w0 = f32x4.splat(<f32>load<f64>(D_WINDOW)), w1 = f32x4.splat(<f32>load<f64>(D_WINDOW, 8)), w2 = f32x4.splat(<f32>load<f64>(D_WINDOW, 16));
  const w3 = f32x4.splat(<f32>load<f64>(D_WINDOW, 24)), w4 = f32x4.splat(<f32>load<f64>(D_WINDOW, 32)), w5 = f32x4.splat(<f32>load<f64>(D_WINDOW, 40));
  const p0 = rowOf(plane, y), a1 = rowOf(plane, y - 1), b1 = rowOf(plane, y + 1), a2 = rowOf(plane, y - 2), b2 = rowOf(plane, y + 2);
  const a3 = rowOf(plane, y - 3), b3 = rowOf(plane, y + 3), a4 = rowOf(plane, y - 4), b4 = rowOf(plane, y + 4);
  const a5 = rowOf(plane, y - 5), b5 = rowOf(plane, y + 5);
  for (let i: usize = 0; i < bytes; i += 16) {
    let sum = f32x4.mul(w0, v128.load(p0 + i));
    sum = madd(w1, f32x4.add(v128.load(a1 + i), v128.load(b1 + i)), sum);
    sum = madd(w2, f32x4.add(v128.load(a2 + i), v128.load(b2 + i)), sum);
    sum = madd(w3, f32x4.add(v128.load(a3 + i), v128.load(b3 + i)), sum);
    sum = madd(w4, f32x4.add(v128.load(a4 + i), v128.load(b4 + i)), sum);
    sum = madd(w5, f32x4.add(v128.load(a5 + i), v128.load(b5 + i)), sum);
    v128.store(to + i, sum);
  }
}

/** Copies a row's `bytes` into a scratch row and clears what lies around it. */
@inline
function padRow(from: usize, to: usize, bytes: usize): void {
  memory.fill(to - PAD, 0, PAD);
  memory.copy(to, from, bytes);
  memory.fill(to + bytes, 0, 80);
}

/** Pass 1: window sums along x of x, y, xx + yy and xy (SSIM needs the two squares only together). */
export function lossRows(chunk: i32, scratch: usize): void {
  const height = load<i32>(C_LOSS_HEIGHT), bytes = <usize>load<i32>(C_LOSS_WIDTH) * 12, wide = <usize>load<i32>(C_PLANE_STRIDE) << 2, plane = planeBytes();
  const rowBytes = <usize>load<i32>(C_LOSS_SCRATCH_STRIDE);
  const x = scratch + PAD, y = x + rowBytes, product = y + rowBytes;
  const end = min(height, (chunk + 1) * LOSS_ROWS);
  memory.fill(product - PAD, 0, PAD);
  memory.fill(product + wide, 0, 80);
  for (let row = chunk * LOSS_ROWS; row < end; row++) {
    padRow(address(P_LOSS_IMAGE) + <usize>row * bytes, x, bytes);
    padRow(address(P_LOSS_TARGET) + <usize>row * bytes, y, bytes);
    const to = address(P_LOSS_ROW_SUMS) + <usize>row * wide;
    windowAlong(x, to, wide);
    windowAlong(y, to + plane, wide);
    for (let i: usize = 0; i < wide; i += 16) {
      const a = v128.load(x + i), b = v128.load(y + i);
      v128.store(product + i, madd(a, a, f32x4.mul(b, b)));
    }
    windowAlong(product, to + 2 * plane, wide);
    for (let i: usize = 0; i < wide; i += 16) v128.store(product + i, f32x4.mul(v128.load(x + i), v128.load(y + i)));
    windowAlong(product, to + 3 * plane, wide);
  }
}

/** The row's weight of every interleaved element, zero beyond the row. */
@inline
function spreadWeights(row: i32, to: usize): void {
  const width = load<i32>(C_LOSS_WIDTH), wide = <usize>load<i32>(C_PLANE_STRIDE) << 2, has = load<i32>(C_HAS_WEIGHTS) != 0;
  const weights = address(P_LOSS_WEIGHTS) + (<usize>(row * width) << 2);
  memory.fill(to, 0, wide);
  for (let x = 0; x < width; x++) {
    const weight: f32 = has ? load<f32>(weights + (<usize>x << 2)) : 1;
    store<f32>(to + <usize>x * 12, weight);
    store<f32>(to + <usize>x * 12, weight, 4);
    store<f32>(to + <usize>x * 12, weight, 8);
  }
}

@inline
function total(v: v128): f64 {
  return (<f64>f32x4.extract_lane(v, 0) + <f64>f32x4.extract_lane(v, 1)) + (<f64>f32x4.extract_lane(v, 2) + <f64>f32x4.extract_lane(v, 3));
}

/**
 * Pass 2: the SSIM map m, its weighted sum, and its derivatives by the window sums, times weight and factor.
 * m = A1 A2 / (B1 B2); A1 = 2 μx μy + C1, A2 = 2 σxy + C2, B1 = μx² + μy² + C1, B2 = σxx + σyy + C2.
 */
export function lossMap(chunk: i32, scratch: usize): void {
  const height = load<i32>(C_LOSS_HEIGHT), wide = <usize>load<i32>(C_PLANE_STRIDE) << 2, plane = planeBytes();
  const rowBytes = <usize>load<i32>(C_LOSS_SCRATCH_STRIDE);
  const sx = scratch, sy = sx + rowBytes, squares = sy + rowBytes, sxy = squares + rowBytes, weights = sxy + rowBytes;
  const factor = f32x4.splat(<f32>load<f64>(D_SSIM_FACTOR)), c1 = f32x4.splat(C1), c2 = f32x4.splat(C2), two = f32x4.splat(2), one = f32x4.splat(1);
  const from = address(P_LOSS_ROW_SUMS), end = min(height, (chunk + 1) * LOSS_ROWS);
  for (let row = chunk * LOSS_ROWS; row < end; row++) {
    windowAcross(from, row, sx, wide);
    windowAcross(from + plane, row, sy, wide);
    windowAcross(from + 2 * plane, row, squares, wide);
    windowAcross(from + 3 * plane, row, sxy, wide);
    spreadWeights(row, weights);
    const out = address(P_LOSS_PARTIALS) + <usize>row * wide;
    let sum = f32x4.splat(0);
    for (let i: usize = 0; i < wide; i += 16) {
      const mx = v128.load(sx + i), my = v128.load(sy + i), weight = v128.load(weights + i);
      const mxx = f32x4.mul(mx, mx), myy = f32x4.mul(my, my), mxy = f32x4.mul(mx, my);
      const a1 = f32x4.add(f32x4.mul(two, mxy), c1);
      const a2 = f32x4.add(f32x4.mul(two, f32x4.sub(v128.load(sxy + i), mxy)), c2);
      const b1 = f32x4.add(f32x4.add(mxx, myy), c1);
      const b2 = f32x4.add(f32x4.sub(v128.load(squares + i), f32x4.add(mxx, myy)), c2);
      const inverse = f32x4.div(one, f32x4.mul(b1, b2));
      const map = f32x4.mul(f32x4.mul(a1, a2), inverse);
      sum = madd(map, weight, sum);
      const scaled = f32x4.mul(weight, factor);
      const byXX = f32x4.neg(f32x4.mul(f32x4.mul(map, b1), inverse));
      const byXY = f32x4.mul(two, f32x4.mul(a1, inverse));
      // by μx itself, then through σxx and σxy
      const direct = f32x4.mul(two, f32x4.sub(f32x4.mul(my, f32x4.mul(a2, inverse)), f32x4.mul(mx, f32x4.mul(map, f32x4.mul(b2, inverse)))));
      const through = f32x4.add(f32x4.mul(f32x4.mul(two, mx), byXX), f32x4.mul(my, byXY));
      v128.store(out + i, f32x4.mul(scaled, f32x4.sub(direct, through)));
      v128.store(out + plane + i, f32x4.mul(scaled, byXX));
      v128.store(out + 2 * plane + i, f32x4.mul(scaled, byXY));
    }
    store<f64>(address(P_LOSS_SUMS) + (<usize>row << 4), total(sum), 8);
  }
}

/** Pass 3: window along x of the three partials (the window is symmetric, so it is its own adjoint). */
export function lossPartialRows(chunk: i32, scratch: usize): void {
  const height = load<i32>(C_LOSS_HEIGHT), bytes = <usize>load<i32>(C_LOSS_WIDTH) * 12, wide = <usize>load<i32>(C_PLANE_STRIDE) << 2, plane = planeBytes();
  const end = min(height, (chunk + 1) * LOSS_ROWS);
  for (let row = chunk * LOSS_ROWS; row < end; row++) {
    for (let p: usize = 0; p < 3; p++) {
      padRow(address(P_LOSS_PARTIALS) + p * plane + <usize>row * wide, scratch + PAD, bytes);
      windowAlong(scratch + PAD, address(P_LOSS_ROW_SUMS) + p * plane + <usize>row * wide, wide);
    }
  }
}

/** Pass 4: window across rows, the chain to the image, L1 and its gradient. */
export function lossGradient(chunk: i32, scratch: usize): void {
  const height = load<i32>(C_LOSS_HEIGHT), bytes = <usize>load<i32>(C_LOSS_WIDTH) * 12, wide = <usize>load<i32>(C_PLANE_STRIDE) << 2, plane = planeBytes();
  const rowBytes = <usize>load<i32>(C_LOSS_SCRATCH_STRIDE), ssim = load<i32>(C_HAS_SSIM) != 0;
  const byX = scratch, byXX = byX + rowBytes, byXY = byXX + rowBytes, weights = byXY + rowBytes, gradient = weights + rowBytes;
  const factor = f32x4.splat(<f32>load<f64>(D_L1_FACTOR)), zero = f32x4.splat(0), two = f32x4.splat(2), one = f32x4.splat(1);
  const from = address(P_LOSS_ROW_SUMS), end = min(height, (chunk + 1) * LOSS_ROWS);
  for (let row = chunk * LOSS_ROWS; row < end; row++) {
    if (ssim) {
      windowAcross(from, row, byX, wide);
      windowAcross(from + plane, row, byXX, wide);
      windowAcross(from + 2 * plane, row, byXY, wide);
    }
    spreadWeights(row, weights);
    const image = address(P_LOSS_IMAGE) + <usize>row * bytes, target = address(P_LOSS_TARGET) + <usize>row * bytes;
    let sum = f32x4.splat(0);
    for (let i: usize = 0; i < wide; i += 16) {
      // the last quad may read beyond the row, into numbers that count with weight 0 and are not copied out
      const x = v128.load(image + i), y = v128.load(target + i), weight = v128.load(weights + i);
      const difference = f32x4.sub(x, y);
      const absolute = v128.and(f32x4.gt(weight, zero), f32x4.mul(weight, f32x4.abs(difference)));
      sum = f32x4.add(sum, absolute);
      const sign = f32x4.sub(v128.and(f32x4.gt(difference, zero), one), v128.and(f32x4.lt(difference, zero), one));
      let g = f32x4.mul(f32x4.mul(factor, weight), sign);
      if (ssim) {
        g = f32x4.add(g, v128.load(byX + i));
        g = madd(f32x4.mul(two, x), v128.load(byXX + i), g);
        g = madd(y, v128.load(byXY + i), g);
      }
      v128.store(gradient + i, g);
    }
    memory.copy(address(P_LOSS_GRADIENT) + <usize>row * bytes, gradient, bytes);
    store<f64>(address(P_LOSS_SUMS) + (<usize>row << 4), total(sum));
  }
}
