import type { IKernelFunctionThis } from 'gpu.js';

/**
 * What the kernel knows when it is compiled: see `Planes`. A type and not an interface, since gpu.js wants an index
 * signature.
 */
export type GatherConstants = {
  /** f32 [planes, height, width] */
  source: number[];
  width: number;
  /** width · height */
  plane: number;
  /** width − 1 */
  right: number;
  /** height − 1 */
  bottom: number;
};

/**
 * One cell of a bicubic gather: Σᵢ Σⱼ k(x − i) k(y − j) source[plane, j, i], k the cubic convolution of Keys (1981)
 * with a = −1/2 (Catmull-Rom). Beyond the border the border's pixel is repeated. `this.thread.x` is the point,
 * `this.thread.y` the plane.
 *
 * gpu.js compiles this text (WGSL, or WebAssembly SIMD), so it may use nothing but its own subset of JavaScript: no
 * closure, no import, no array literal.
 *
 * @param xs f32 [points] pixels of the source, pixel centres at .5
 * @param ys f32 [points]
 */
export function gatherKernel(this: IKernelFunctionThis<GatherConstants>, xs: number[], ys: number[]): number {
  const x = xs[this.thread.x] - 0.5;
  const y = ys[this.thread.x] - 0.5;
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  const u = x - x0;
  const v = y - y0;
  const wx0 = ((-0.5 * u + 1) * u - 0.5) * u;
  const wx1 = (1.5 * u - 2.5) * u * u + 1;
  const wx2 = ((-1.5 * u + 2) * u + 0.5) * u;
  const wx3 = (0.5 * u - 0.5) * u * u;
  const wy0 = ((-0.5 * v + 1) * v - 0.5) * v;
  const wy1 = (1.5 * v - 2.5) * v * v + 1;
  const wy2 = ((-1.5 * v + 2) * v + 0.5) * v;
  const wy3 = (0.5 * v - 0.5) * v * v;
  const right = this.constants.right;
  const bottom = this.constants.bottom;
  const width = this.constants.width;
  const plane = this.thread.y * this.constants.plane;
  const xa = Math.min(Math.max(x0 - 1, 0), right);
  const xb = Math.min(Math.max(x0, 0), right);
  const xc = Math.min(Math.max(x0 + 1, 0), right);
  const xd = Math.min(Math.max(x0 + 2, 0), right);
  const ra = plane + Math.min(Math.max(y0 - 1, 0), bottom) * width;
  const rb = plane + Math.min(Math.max(y0, 0), bottom) * width;
  const rc = plane + Math.min(Math.max(y0 + 1, 0), bottom) * width;
  const rd = plane + Math.min(Math.max(y0 + 2, 0), bottom) * width;
  return (
    wy0 *
      (wx0 * this.constants.source[ra + xa] +
        wx1 * this.constants.source[ra + xb] +
        wx2 * this.constants.source[ra + xc] +
        wx3 * this.constants.source[ra + xd]) +
    wy1 *
      (wx0 * this.constants.source[rb + xa] +
        wx1 * this.constants.source[rb + xb] +
        wx2 * this.constants.source[rb + xc] +
        wx3 * this.constants.source[rb + xd]) +
    wy2 *
      (wx0 * this.constants.source[rc + xa] +
        wx1 * this.constants.source[rc + xb] +
        wx2 * this.constants.source[rc + xc] +
        wx3 * this.constants.source[rc + xd]) +
    wy3 *
      (wx0 * this.constants.source[rd + xa] +
        wx1 * this.constants.source[rd + xb] +
        wx2 * this.constants.source[rd + xc] +
        wx3 * this.constants.source[rd + xd])
  );
}
