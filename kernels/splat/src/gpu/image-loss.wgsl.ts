import { gaussianWindow } from '../gaussian-window.ts';
import { FRAME_WGSL } from './gpu-layout.ts';

const REACH = 5;
const window = Array.from(gaussianWindow().subarray(REACH), (weight) => `${weight}f`);

/**
 * The window's sum written out, since an array that is indexed at run time is built anew each time. `term` is the
 * number at a distance from the centre.
 */
const windowSum = (term: (offset: number) => string): string =>
  window
    .map((weight, k) => (k === 0 ? `${weight} * ${term(0)}` : `${weight} * (${term(-k)} + ${term(k)})`))
    .join('\n      + ');

const WINDOW_WGSL = /* wgsl */ `
const REACH = ${REACH}u;
// side of a tile with the window's reach about it
const WIDE = TILE + 2u * REACH;

fn weightAt(pixel: u32) -> f32 {
  if ((frame.flags.x & FLAG_WEIGHTS) == 0u) { return 1.0f; }
  return weights[frame.flags.y + pixel];
}

// pixel number of a place in the widened tile, or NONE outside the image
fn pixelOf(group: vec2u, i: u32) -> u32 {
  let x = group.x * TILE + i % WIDE;
  let y = group.y * TILE + i / WIDE;
  if (x < REACH || y < REACH || x >= frame.size.x + REACH || y >= frame.size.y + REACH) { return NONE; }
  return (y - REACH) * frame.size.x + x - REACH;
}
`;

/**
 * The SSIM map m of a tile, its derivatives by the window sums, and the tile's sums of all losses (Wang et al. 2004;
 * zeros beyond the border). m = A1 A2 / (B1 B2); A1 = 2 μx μy + C1, A2 = 2 σxy + C2, B1 = μx² + μy² + C1, B2 = σxx +
 * σyy + C2.
 *
 * reads: image (rgb, transmittance), target (rgb, transmittance), weights; writes: partials [9][H W], sums (L1, SSIM,
 * squared difference of transmittance: means over the image); dispatch: a workgroup a tile
 */
export const LOSS_MAP_WGSL = /* wgsl */ `
${FRAME_WGSL}
@group(0) @binding(1) var<storage, read> image: array<vec4f>;
@group(0) @binding(2) var<storage, read> goal: array<vec4f>;
@group(0) @binding(3) var<storage, read> weights: array<f32>;
@group(0) @binding(4) var<storage, read_write> partials: array<f32>;
@group(0) @binding(5) var<storage, read_write> sums: array<vec4f>;
${WINDOW_WGSL}
const C1 = 0.0001f;
const C2 = 0.0009f;
var<workgroup> pairs: array<vec2f, WIDE * WIDE>;
// window sums along x of x, y, xx + yy, xy
var<workgroup> rows: array<vec4f, TILE * WIDE>;
var<workgroup> partSums: array<vec4f, GROUP>;

fn products(i: u32) -> vec4f {
  let v = pairs[i];
  return vec4f(v, dot(v, v), v.x * v.y);
}

@compute @workgroup_size(TILE, TILE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let column = group.x * TILE + local.x;
  let row = group.y * TILE + local.y;
  let inside = column < frame.size.x && row < frame.size.y;
  let pixel = row * frame.size.x + column;
  let all = frame.size.x * frame.size.y;
  var weight = 0.0f;
  var losses = vec4f(0.0f);
  if (inside) {
    weight = weightAt(pixel);
    let shown = image[pixel];
    let wanted = goal[frame.flags.y + pixel];
    let apart = abs(shown.rgb - wanted.rgb);
    if (weight > 0.0f) { losses.x = weight * (apart.x + apart.y + apart.z) * frame.loss.w; }
    losses.z = (shown.w - wanted.w) * (shown.w - wanted.w) / f32(all);
  }
  if (frame.loss.y != 0.0f) {
    for (var c = 0u; c < 3u; c++) {
      for (var i = lane; i < WIDE * WIDE; i += GROUP) {
        let p = pixelOf(group.xy, i);
        var pair = vec2f(0.0f);
        if (p != NONE) { pair = vec2f(image[p][c], goal[frame.flags.y + p][c]); }
        pairs[i] = pair;
      }
      workgroupBarrier();
      for (var i = lane; i < TILE * WIDE; i += GROUP) {
        let base = (i / TILE) * WIDE + i % TILE;
        rows[i] = ${windowSum((k) => `products(base + ${REACH + k}u)`)};
      }
      workgroupBarrier();
      if (inside) {
        let s = ${windowSum((k) => `rows[lane + ${REACH + k}u * TILE]`)};
        let a1 = 2.0f * s.x * s.y + C1;
        let a2 = 2.0f * (s.w - s.x * s.y) + C2;
        let b1 = s.x * s.x + s.y * s.y + C1;
        let b2 = s.z - s.x * s.x - s.y * s.y + C2;
        let inverse = 1.0f / (b1 * b2);
        let map = a1 * a2 * inverse;
        losses.y += weight * map * frame.loss.w;
        let scaled = weight * frame.loss.y;
        let byXX = -map * b1 * inverse;
        let byXY = 2.0f * a1 * inverse;
        let byX = 2.0f * (s.y * a2 - s.x * map * b2) * inverse - 2.0f * s.x * byXX - s.y * byXY;
        partials[(3u * c) * all + pixel] = scaled * byX;
        partials[(3u * c + 1u) * all + pixel] = scaled * byXX;
        partials[(3u * c + 2u) * all + pixel] = scaled * byXY;
      }
      workgroupBarrier();
    }
  }
  partSums[lane] = losses;
  workgroupBarrier();
  for (var step = GROUP / 2u; step > 0u; step /= 2u) {
    if (lane < step) { partSums[lane] += partSums[lane + step]; }
    workgroupBarrier();
  }
  if (lane == 0u) { sums[frame.flags.z + group.y * frame.size.z + group.x] = partSums[0]; }
}
`;

/**
 * Gradient of the losses by the image: the window of the partials (it is symmetric, so it is its own adjoint), the
 * chain to the image, L1's sign.
 *
 * reads: image, target, weights, partials; writes: gradients (dL/dcolor, dL/dtransmittance); dispatch: a workgroup a
 * tile
 */
export const LOSS_GRADIENT_WGSL = /* wgsl */ `
${FRAME_WGSL}
@group(0) @binding(1) var<storage, read> image: array<vec4f>;
@group(0) @binding(2) var<storage, read> goal: array<vec4f>;
@group(0) @binding(3) var<storage, read> weights: array<f32>;
@group(0) @binding(4) var<storage, read> partials: array<f32>;
@group(0) @binding(5) var<storage, read_write> gradients: array<vec4f>;
${WINDOW_WGSL}
var<workgroup> wide: array<array<f32, 3>, WIDE * WIDE>;
var<workgroup> rows: array<array<f32, 3>, TILE * WIDE>;

// arrays and not vec3f, which would take a fourth number's room
fn wideAt(i: u32) -> vec3f { return vec3f(wide[i][0], wide[i][1], wide[i][2]); }
fn rowAt(i: u32) -> vec3f { return vec3f(rows[i][0], rows[i][1], rows[i][2]); }

@compute @workgroup_size(TILE, TILE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let column = group.x * TILE + local.x;
  let row = group.y * TILE + local.y;
  let inside = column < frame.size.x && row < frame.size.y;
  let pixel = row * frame.size.x + column;
  let all = frame.size.x * frame.size.y;
  var shown = vec4f(0.0f);
  var wanted = vec4f(0.0f);
  var gradient = vec4f(0.0f);
  if (inside) {
    shown = image[pixel];
    wanted = goal[frame.flags.y + pixel];
    let color = frame.loss.x * weightAt(pixel) * sign(shown.rgb - wanted.rgb);
    gradient = vec4f(color, frame.loss.z * (shown.w - wanted.w));
  }
  if (frame.loss.y != 0.0f) {
    for (var c = 0u; c < 3u; c++) {
      for (var i = lane; i < WIDE * WIDE; i += GROUP) {
        let p = pixelOf(group.xy, i);
        var part = array<f32, 3>();
        if (p != NONE) { for (var k = 0u; k < 3u; k++) { part[k] = partials[(3u * c + k) * all + p]; } }
        wide[i] = part;
      }
      workgroupBarrier();
      for (var i = lane; i < TILE * WIDE; i += GROUP) {
        let base = (i / TILE) * WIDE + i % TILE;
        let sum = ${windowSum((k) => `wideAt(base + ${REACH + k}u)`)};
        rows[i] = array<f32, 3>(sum.x, sum.y, sum.z);
      }
      workgroupBarrier();
      if (inside) {
        let s = ${windowSum((k) => `rowAt(lane + ${REACH + k}u * TILE)`)};
        gradient[c] += s.x + 2.0f * shown[c] * s.y + wanted[c] * s.z;
      }
      workgroupBarrier();
    }
  }
  if (inside) { gradients[pixel] = gradient; }
}
`;
