// Sole source of what lies where on the GPU: numbers for TypeScript, and the WGSL text that says the same.
import {
  ALPHA_CUT_INVERSE,
  ALPHA_MAX,
  CUT_SLACK,
  LOG2_ALPHA_CUT_INVERSE,
  LOW_PASS,
  QUAT_MIN,
  SH_1,
  SH_2_XX,
  SH_2_XY,
  SH_2_ZZ,
  SH_3_0,
  SH_3_1,
  SH_3_2,
  SH_3_3,
  SH_3_5,
  TILE,
  TRANSMITTANCE_STOP,
} from '../layout.ts';

/** Threads of a workgroup wherever items are walked. */
export const GROUP = 256;
/** Threads that scan the blocks of one digit: few, since there is a workgroup for each digit. */
export const SCAN_GROUP = 64;
/** Bits of a key that one pass of the radix sort looks at. */
export const RADIX_BITS = 8;
/** Keys that one workgroup ranks in one pass. */
export const SORT_BLOCK = 2048;
/**
 * vec4f per projected Gaussian: (x, y, L11, L21), (L22, log2 opacity, depth, red), (green, blue, -, -); the factor as
 * in `layout.ts`
 */
export const RECORD_VECTORS = 3;
/**
 * vec4f per tile entry: Σ over its pixels of (v, v u, v w, v u²), (v u w, v w², red, green), (blue, depth, -, -); v =
 * dL/dσ, log2(alpha) = … - u² - w²
 */
export const MOMENT_VECTORS = 3;
/**
 * u32 per tile: first entry, one past the last, one past the last that any pixel drew, -; then one word: how many
 * entries there are
 */
export const RANGE_WORDS = 4;
/**
 * vec4f per pixel of the backward pass: dL/dcolor and dL/ddepth; transmittance, what lies behind weighted with them,
 * end of the pixel's list (bits), -
 */
export const PIXEL_VECTORS = 2;
/**
 * f32 a Gaussian: means 3, quats 4, logScales 3, opacityLogits 1, colors 3, each group for all Gaussians before the
 * next; then shRest
 */
export const PLAIN_FLOATS = 14;
/** f32 a Gaussian and frame: offsets of means 3, rotations 4, offsets of logScales 3, by group */
export const OFFSET_FLOATS = 10;

/** u32 words of the state buffer, all that a fit reads back. */
export const STATE_BYTES = 64;
/** index of the first Gaussian with numbers that cannot be used, NONE if there is none */
export const STATE_BAD = 0;
/** Gaussians that reach a tile in the last frame */
export const STATE_VISIBLE = 1;
/** tile entries that the last frame asks for, and how many of them fit */
export const STATE_ENTRIES = 2;
export const STATE_USED = 3;
/** largest number of entries asked for that did not fit, 0 if all did */
export const STATE_NEEDED = 4;
/** optimisation steps taken */
export const STATE_STEPS = 5;
/** 1 if the present step may change the parameters */
export const STATE_GO = 6;
/** 1 once a loss was not finite */
export const STATE_DIVERGED = 7;
/** f32 of the last step: loss, L1, SSIM, squared difference of transmittance; means over its views */
export const STATE_LOSS = 8;
export const NONE = 0xffffffff;

/** Bytes from one uniform block to the next: what every adapter can bind at. */
export const UNIFORM_STRIDE = 256;

/** Bits of `Frame.flags.x`. */
export const FLAG_BACKGROUND_IMAGE = 1;
export const FLAG_COMPENSATE = 2;
export const FLAG_OFFSETS = 4;
export const FLAG_DEPTH_GRADIENT = 8;
export const FLAG_WEIGHTS = 16;
/** add to the gradients there are instead of replacing them */
export const FLAG_ACCUMULATE = 32;
/** the same for the gradients of the frame's offsets */
export const FLAG_ACCUMULATE_OFFSETS = 64;

/** Uniform of one sorting pass. */
export const SORT_WGSL = /* wgsl */ `
struct Sort {
  // bits below the digit
  shift: u32,
  // number of keys, where it does not stand in the state
  count: u32,
  // 1: the number of keys is the state's
  counted: u32,
  // 1: the values are 0, 1, 2, …
  iota: u32,
}
@group(0) @binding(0) var<uniform> sort: Sort;
const GROUP = ${GROUP}u;
const DIGITS = ${1 << RADIX_BITS}u;
const SORT_BLOCK = ${SORT_BLOCK}u;
const STATE_USED = ${STATE_USED}u;
`;

/** Uniform of what ends an optimisation step. */
export const STEP_WGSL = /* wgsl */ `
struct Step {
  // sums of tiles, views, factor of SSIM, factor of the transmittance
  tiles: u32, views: u32, ssimWeight: f32, transmittanceWeight: f32,
}
@group(0) @binding(0) var<uniform> step: Step;
`;

/** Uniform of one optimiser update; the groups are means, quats, logScales, opacityLogits, colors, shRest. */
export const ADAM_WGSL_UNIFORM = /* wgsl */ `
struct Adam {
  // numbers to update, the first of them, 1: they have bounds, -
  extent: vec4u,
  // one past the last number of each group, from the first
  ends: vec4u, moreEnds: vec4u,
  rates: vec4f, moreRates: vec4f,
  // β₁, β₂, ε, -
  decay: vec4f,
  // 1 / (1 - β₁ᵗ), 1 / (1 - β₂ᵗ)
  correction: vec4f,
}
@group(0) @binding(0) var<uniform> adam: Adam;
`;

/** WGSL's f32 literals must say that they are. */
const f = (value: number): string => `${value}f`;

/** Constants of the method, from `layout.ts`. */
export const CONSTANTS_WGSL = /* wgsl */ `
const TILE = ${TILE}u;
const TILE_SIDE = ${f(TILE)};
const GROUP = ${GROUP}u;
const LOW_PASS = ${f(LOW_PASS)};
const ALPHA_MAX = ${f(ALPHA_MAX)};
const ALPHA_CUT = ${f(1 / ALPHA_CUT_INVERSE)};
const LOG2_CUT_INVERSE = ${f(LOG2_ALPHA_CUT_INVERSE)};
const CUT_SLACK = ${f(CUT_SLACK)};
const TRANSMITTANCE_STOP = ${f(TRANSMITTANCE_STOP)};
const QUAT_MIN = ${f(QUAT_MIN)};
const SQRT_HALF_LOG2E = 0.84932180f;
const RECORD_VECTORS = ${RECORD_VECTORS}u;
const MOMENT_VECTORS = ${MOMENT_VECTORS}u;
const PIXEL_VECTORS = ${PIXEL_VECTORS}u;
const PLAIN_FLOATS = ${PLAIN_FLOATS}u;
const OFFSET_FLOATS = ${OFFSET_FLOATS}u;
const STATE_BAD = ${STATE_BAD}u;
const STATE_VISIBLE = ${STATE_VISIBLE}u;
const STATE_ENTRIES = ${STATE_ENTRIES}u;
const STATE_USED = ${STATE_USED}u;
const STATE_NEEDED = ${STATE_NEEDED}u;
const STATE_STEPS = ${STATE_STEPS}u;
const STATE_GO = ${STATE_GO}u;
const STATE_DIVERGED = ${STATE_DIVERGED}u;
const STATE_LOSS = ${STATE_LOSS}u;
const NONE = ${NONE}u;
// added to an entry's number whose bits are carried as f32: by itself it would be a subnormal, which may be taken for 0
const NORMAL = 0x20000000u;
const RANGE_WORDS = ${RANGE_WORDS}u;
const SORT_BLOCK = ${SORT_BLOCK}u;
const FLAG_BACKGROUND_IMAGE = ${FLAG_BACKGROUND_IMAGE}u;
const FLAG_COMPENSATE = ${FLAG_COMPENSATE}u;
const FLAG_OFFSETS = ${FLAG_OFFSETS}u;
const FLAG_DEPTH_GRADIENT = ${FLAG_DEPTH_GRADIENT}u;
const FLAG_WEIGHTS = ${FLAG_WEIGHTS}u;
const FLAG_ACCUMULATE = ${FLAG_ACCUMULATE}u;
const FLAG_ACCUMULATE_OFFSETS = ${FLAG_ACCUMULATE_OFFSETS}u;
`;

/** Uniform of one frame, which `writeFrame` fills, with the constants. */
export const FRAME_WGSL = /* wgsl */ `
${CONSTANTS_WGSL}
struct Frame {
  // rows of [R | t]
  row0: vec4f, row1: vec4f, row2: vec4f,
  // fx, fy, cx, cy
  focal: vec4f,
  // range of x/z and y/z inside which the Jacobian is taken
  limits: vec4f,
  // rgb, near
  background: vec4f,
  // where the camera stands in the world
  eye: vec4f,
  // width, height, tiles along x, tiles along y
  size: vec4u,
  // Gaussians, harmonics a channel beyond degree 0, entries that fit, Gaussians before this frame's offsets
  counts: vec4u,
  // bits, first pixel of this view's target, weights and background, first of its tiles' sums, -
  flags: vec4u,
  // factors of L1, of SSIM and of half the squared difference of transmittance in the gradient, 1 / (3 Σ weights)
  loss: vec4f,
}
@group(0) @binding(0) var<uniform> frame: Frame;
`;

/** What lies behind a pixel. The includer declares `background: array<f32>`. */
export const BEHIND_WGSL = /* wgsl */ `
fn behindOf(pixel: u32) -> vec3f {
  if ((frame.flags.x & FLAG_BACKGROUND_IMAGE) == 0u) { return frame.background.rgb; }
  let base = 3u * (frame.flags.y + pixel);
  return vec3f(background[base], background[base + 1u], background[base + 2u]);
}
`;

/** Inclusive sums over the workgroup, in `sums`. */
export const GROUP_SUMS_WGSL = /* wgsl */ `
var<workgroup> sums: array<u32, GROUP>;

fn sumsOverGroup(lane: u32, value: u32) {
  sums[lane] = value;
  workgroupBarrier();
  for (var step = 1u; step < GROUP; step *= 2u) {
    var left = 0u;
    if (lane >= step) { left = sums[lane - step]; }
    workgroupBarrier();
    sums[lane] += left;
    workgroupBarrier();
  }
}
`;

/** Harmonics' factors. */
export const HARMONIC_CONSTANTS_WGSL = /* wgsl */ `
const SH_1 = ${f(SH_1)};
const SH_2_XY = ${f(SH_2_XY)};
const SH_2_ZZ = ${f(SH_2_ZZ)};
const SH_2_XX = ${f(SH_2_XX)};
const SH_3_0 = ${f(SH_3_0)};
const SH_3_1 = ${f(SH_3_1)};
const SH_3_2 = ${f(SH_3_2)};
const SH_3_3 = ${f(SH_3_3)};
const SH_3_5 = ${f(SH_3_5)};
`;
