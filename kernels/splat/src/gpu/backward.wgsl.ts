import { BEHIND_WGSL, FRAME_WGSL } from './gpu-layout.ts';

/**
 * What the backward pass starts from at each pixel. reads: image, depthEnds, background, gradients; writes: pixels;
 * dispatch: H W / GROUP
 *
 * gradients: vec4f [H, W] dL/dcolor and dL/dtransmittance
 */
export const PIXELS_WGSL = /* wgsl */ `
${FRAME_WGSL}
@group(0) @binding(1) var<storage, read> image: array<vec4f>;
@group(0) @binding(2) var<storage, read> depthEnds: array<vec2u>;
@group(0) @binding(3) var<storage, read> background: array<f32>;
@group(0) @binding(4) var<storage, read> gradients: array<vec4f>;
@group(0) @binding(5) var<storage, read> depthGradients: array<f32>;
@group(0) @binding(6) var<storage, read_write> pixels: array<vec4f>;
${BEHIND_WGSL}

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let pixel = (group.x + group.y * 65535u) * GROUP + lane;
  if (pixel >= frame.size.x * frame.size.y) { return; }
  let g = gradients[pixel];
  var byDepth = 0.0f;
  if ((frame.flags.x & FLAG_DEPTH_GRADIENT) != 0u) { byDepth = depthGradients[pixel]; }
  let t = image[pixel].w;
  pixels[PIXEL_VECTORS * pixel] = vec4f(g.rgb, byDepth);
  let behind = t * (dot(behindOf(pixel), g.rgb) + g.w);
  pixels[PIXEL_VECTORS * pixel + 1u] = vec4f(t, behind, bitcast<f32>(depthEnds[pixel].y + NORMAL), 0.0f);
}
`;

/** Takes the state of the pixel from the thread before; the first thread takes the next pixel's. */
const SHUFFLE_STATE = /* wgsl */ `state = subgroupShuffleUp(state, 1u);
      if (lane == 0u && step < TILE_PIXELS) { state = states[step]; }`;

/** Takes the tile's pixels into the workgroup's memory; those outside the picture end at once. */
const LOAD_PIXELS = /* wgsl */ `for (var p = lane; p < TILE_PIXELS; p += LANES) {
    let at = origin + vec2u(p % TILE, p / TILE);
    ends[p] = 0u;
    if (at.x < frame.size.x && at.y < frame.size.y) {
      let base = PIXEL_VECTORS * (at.y * frame.size.x + at.x);
      gradients[p] = pixels[base];
      let state = pixels[base + 1u];
      states[p] = state.xy;
      ends[p] = bitcast<u32>(state.z) - NORMAL;
    }
  }`;

/** What one pixel adds to the sums of the thread's Gaussian, and the pixel's state in front of it. */
const pixelStep = (subgroups: boolean): string => /* wgsl */ `let d = vec2f(f32(p % TILE), f32(p / TILE)) - center;
        let u = a.z * d.x + a.w * d.y;
        let w = b.x * d.y;
        let raw = exp2(b.y - u * u - w * w);
        let alpha = min(ALPHA_MAX, raw);
        if (alpha >= ALPHA_CUT) {
          ${subgroups ? '' : 'let state = states[p];'}
          let g = gradients[p];
          let open = 1.0f / (1.0f - alpha);
          let before = state.x * open;
          let weight = before * alpha;
          let toward = b.w * g.x + c.x * g.y + c.y * g.z + b.z * g.w;
          if (raw < ALPHA_MAX) {
            // dL/dσ = -α dL/dα
            let v = raw * (open * state.y - before * toward);
            sumV += v;
            sum1 += v * vec2f(u, w);
            sum2 += v * vec3f(u * u, u * w, w * w);
          }
          sumColor += weight * g;
          ${subgroups ? 'state' : 'states[p]'} = vec2f(before, state.y + weight * toward);
        }`;

/**
 * Walks one tile back to front. A thread owns a Gaussian and the pixels pass by the threads one after another, so that
 * each Gaussian's sums stay in its thread's registers and nothing is reduced and nothing is atomic: thread k sees pixel
 * p at step p + k, after thread k - 1, which owns the Gaussian behind. A pixel's state goes from thread to thread by a
 * shuffle where a subgroup has as many lanes, else through workgroup memory.
 *
 *   dL/dα_i = T_i (c_i · g) - B_i / (1 - α_i),   B_{i-1} = B_i + T_i α_i (c_i · g),   dL/dc_i = T_i α_i g
 *
 * reads: ranges, sorted entries, entryGaussians, records, pixels; writes: moments of every entry of the tile, under the
 * entry's number before the sort, by which gather adds them up in one fixed order; dispatch: a workgroup a tile
 */
export function backwardWgsl({ lanes, subgroups }: BackwardVariant): string {
  return /* wgsl */ `
${subgroups ? 'enable subgroups;' : ''}
${FRAME_WGSL}
const LANES = ${lanes}u;
const TILE_PIXELS = TILE * TILE;
@group(0) @binding(1) var<storage, read> ranges: array<u32>;
@group(0) @binding(2) var<storage, read> entries: array<u32>;
@group(0) @binding(3) var<storage, read> entryGaussians: array<u32>;
@group(0) @binding(4) var<storage, read> records: array<vec4f>;
@group(0) @binding(5) var<storage, read> pixels: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> moments: array<vec4f>;

var<workgroup> gradients: array<vec4f, TILE_PIXELS>;
// transmittance in front of what is still to come, and Σ of what lies behind
var<workgroup> states: array<vec2f, TILE_PIXELS>;
var<workgroup> ends: array<u32, TILE_PIXELS>;
var<workgroup> range: vec3u;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let tile = group.y * frame.size.z + group.x;
  if (lane == 0u) {
    let at = RANGE_WORDS * tile;
    range = vec3u(ranges[at], ranges[at + 1u], ranges[at + 2u]);
  }
  let span = workgroupUniformLoad(&range);
  // behind the last that any pixel drew
  for (var e = max(span.x, span.z) + lane; e < span.y; e += LANES) {
    let to = MOMENT_VECTORS * entries[e];
    moments[to] = vec4f(0.0f);
    moments[to + 1u] = vec4f(0.0f);
    moments[to + 2u] = vec4f(0.0f);
  }
  let origin = vec2u(group.x * TILE, group.y * TILE);
  ${LOAD_PIXELS}
  workgroupBarrier();

  for (var top = span.z; top > span.x; top -= min(LANES, top - span.x)) {
    let mine = lane < top - span.x;
    let entry = top - 1u - select(0u, lane, mine);
    let number = entries[entry];
    let base = RECORD_VECTORS * entryGaussians[number];
    let a = records[base];
    let b = records[base + 1u];
    let c = records[base + 2u].xy;
    let center = a.xy - vec2f(origin) - 0.5f;
    var sumV = 0.0f;
    var sum1 = vec2f(0.0f);
    var sum2 = vec3f(0.0f);
    var sumColor = vec4f(0.0f);
    ${subgroups ? 'var state = vec2f(0.0f);' : ''}
    for (var step = 0u; step < TILE_PIXELS + LANES - 1u; step++) {
      let p = step - lane;
      ${subgroups ? SHUFFLE_STATE : ''}
      if (p < TILE_PIXELS && mine && entry < ends[p]) {
        ${pixelStep(subgroups)}
      }
      ${subgroups ? 'if (lane == LANES - 1u && p < TILE_PIXELS) { states[p] = state; }' : 'workgroupBarrier();'}
    }
    if (mine) {
      let to = MOMENT_VECTORS * number;
      moments[to] = vec4f(sumV, sum1, sum2.x);
      moments[to + 1u] = vec4f(sum2.yz, sumColor.xy);
      moments[to + 2u] = vec4f(sumColor.zw, 0.0f, 0.0f);
    }
    ${subgroups ? 'workgroupBarrier();' : ''}
  }
}
`;
}

/**
 * How pixels pass from thread to thread. `lanes` threads a workgroup; with subgroups exactly as many as a subgroup has.
 */
export type BackwardVariant = { readonly lanes: number; readonly subgroups: boolean };
