import { CONSTANTS_WGSL, FRAME_WGSL, RANGE_WORDS } from './gpu-layout.ts';

/**
 * Blends one tile front to back, a thread a pixel: C = Σ T_i α_i c_i + T background (Kerbl et al. 2023).
 *
 * reads: ranges, sorted entries, entryGaussians, records, background; writes: image (rgb, transmittance), depth, ends, ranges (one past the last
 * entry that any pixel drew); dispatch: a workgroup a tile
 */
export const FORWARD_WGSL = /* wgsl */ `
${FRAME_WGSL}
${CONSTANTS_WGSL}
@group(0) @binding(1) var<storage, read_write> ranges: array<u32>;
@group(0) @binding(2) var<storage, read> entries: array<u32>;
@group(0) @binding(3) var<storage, read> entryGaussians: array<u32>;
@group(0) @binding(4) var<storage, read> records: array<vec4f>;
@group(0) @binding(5) var<storage, read> background: array<f32>;
@group(0) @binding(6) var<storage, read_write> image: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> depth: array<f32>;
@group(0) @binding(8) var<storage, read_write> ends: array<u32>;

var<workgroup> first: array<vec4f, GROUP>;
var<workgroup> second: array<vec4f, GROUP>;
var<workgroup> third: array<vec2f, GROUP>;
var<workgroup> finished: atomic<u32>;
var<workgroup> allFinished: u32;
var<workgroup> range: vec2u;
var<workgroup> furthest: atomic<u32>;

@compute @workgroup_size(TILE, TILE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u, @builtin(local_invocation_index) lane: u32) {
  let tile = group.y * frame.size.z + group.x;
  if (lane == 0u) { range = vec2u(ranges[${RANGE_WORDS}u * tile], ranges[${RANGE_WORDS}u * tile + 1u]); }
  let span = workgroupUniformLoad(&range);
  let column = group.x * TILE + local.x;
  let row = group.y * TILE + local.y;
  let inside = column < frame.size.x && row < frame.size.y;
  let at = vec2f(f32(column) + 0.5f, f32(row) + 0.5f);
  var t = 1.0f;
  var color = vec3f(0.0f);
  var z = 0.0f;
  var end = 0u;
  var done = !inside;
  if (done) { atomicAdd(&finished, 1u); }

  for (var batch = span.x; batch < span.y; batch += GROUP) {
    workgroupBarrier();
    if (lane == 0u) { allFinished = atomicLoad(&finished); }
    if (workgroupUniformLoad(&allFinished) == GROUP) { break; }
    if (batch + lane < span.y) {
      let base = RECORD_VECTORS * entryGaussians[entries[batch + lane]];
      first[lane] = records[base];
      second[lane] = records[base + 1u];
      third[lane] = records[base + 2u].xy;
    }
    workgroupBarrier();
    let size = select(min(GROUP, span.y - batch), 0u, done);
    for (var i = 0u; i < size; i++) {
      let a = first[i];
      let b = second[i];
      let d = at - a.xy;
      let u = a.z * d.x + a.w * d.y;
      let v = b.x * d.y;
      let alpha = min(ALPHA_MAX, exp2(b.y - u * u - v * v));
      if (alpha < ALPHA_CUT) { continue; }
      let after = t * (1.0f - alpha);
      if (after < TRANSMITTANCE_STOP) {
        done = true;
        atomicAdd(&finished, 1u);
        break;
      }
      let weight = t * alpha;
      color += weight * vec3f(b.w, third[i]);
      z += weight * b.z;
      t = after;
      end = batch + i + 1u;
    }
  }

  if (inside) {
    let pixel = row * frame.size.x + column;
    var behind = frame.background.rgb;
    if ((frame.flags.x & FLAG_BACKGROUND_IMAGE) != 0u) {
      let base = 3u * (frame.flags.y + pixel);
      behind = vec3f(background[base], background[base + 1u], background[base + 2u]);
    }
    image[pixel] = vec4f(color + t * behind, t);
    depth[pixel] = z;
    ends[pixel] = end;
    atomicMax(&furthest, end);
  }
  workgroupBarrier();
  if (lane == 0u) { ranges[${RANGE_WORDS}u * tile + 2u] = atomicLoad(&furthest); }
}
`;
