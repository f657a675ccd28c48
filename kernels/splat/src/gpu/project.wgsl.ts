import { GEOMETRY_WGSL, TILE_SPANS_WGSL } from './geometry.wgsl.ts';

/**
 * One thread a Gaussian: to the image plane, colour, number of tiles, depth key.
 *
 * reads: params, offsets; writes: records, counts (0 where not drawn), keys (depth's bits, NONE where not drawn),
 * state; dispatch: N / GROUP
 */
export const PROJECT_WGSL = /* wgsl */ `
${GEOMETRY_WGSL}
${TILE_SPANS_WGSL}
@group(0) @binding(1) var<storage, read> params: array<f32>;
@group(0) @binding(2) var<storage, read> offsets: array<f32>;
@group(0) @binding(3) var<storage, read_write> records: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> counts: array<u32>;
@group(0) @binding(5) var<storage, read_write> keys: array<u32>;
@group(0) @binding(6) var<storage, read_write> state: array<atomic<u32>>;
@group(0) @binding(7) var<storage, read_write> histogram: array<atomic<u32>>;

var<workgroup> visible: atomic<u32>;
var<workgroup> bins: array<atomic<u32>, GROUP>;

// the exponent's bits: a compiler may take it that no value is infinite, but not that no word is
fn finite(x: f32) -> bool { return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u; }
fn finite3(v: vec3f) -> bool { return finite(v.x) && finite(v.y) && finite(v.z); }
fn finite4(v: vec4f) -> bool { return finite3(v.xyz) && finite(v.w); }

struct Found { tiles: u32, key: u32 }

fn project(g: u32) -> Found {
  let none = Found(0u, NONE);
  let s = shapeOf(g);
  let logit = logitOf(g);
  var usable = finite3(s.mean) && finite4(s.quat) && finite3(s.logScale) && finite(logit) &&
    finite3(baseColorOf(g)) && dot(s.quat, s.quat) >= QUAT_MIN;
  for (var k = 0u; k < frame.counts.y; k++) { usable = usable && finite3(restOf(g, k)); }
  if (!usable) {
    atomicMin(&state[STATE_BAD], g);
    return none;
  }
  let at = toCamera(s.mean);
  if (!(at.z > frame.background.w)) { return none; }
  var log2op = log2Opacity(logit);
  if (!(log2op + LOG2_CUT_INVERSE >= 0.0f)) { return none; }
  let m = toImage(s, at);
  if (!(m.det > 0.0f && m.det < 1e37f)) { return none; }
  if ((frame.flags.x & FLAG_COMPENSATE) != 0u) {
    if (!(m.plain > 0.0f)) { return none; }
    log2op += 0.5f * log2(m.plain / m.det);
    if (!(log2op + LOG2_CUT_INVERSE >= 0.0f)) { return none; }
  }
  let center = frame.focal.xy * at.xy / at.z + frame.focal.zw;
  if (!(abs(center.x) < 1e9f && abs(center.y) < 1e9f)) { return none; }
  var color = unclampedColor(g, s.mean);
  if (frame.counts.y > 0u) { color = max(color, vec3f(0.0f)); }
  let slant = -m.xy * inverseSqrt(m.yy) * inverseSqrt(m.det) * SQRT_HALF_LOG2E;
  let a = vec4f(center, sqrt(m.yy / m.det) * SQRT_HALF_LOG2E, slant);
  let b = vec4f(SQRT_HALF_LOG2E * inverseSqrt(m.yy), log2op, at.z, color.x);
  let e = ellipseOf(a, b);
  let rows = rowsOf(e);
  var tiles = 0u;
  for (var row = rows.x; row < rows.y; row++) {
    let columns = columnsOf(e, row);
    tiles += u32(columns.y - columns.x);
  }
  if (tiles > 0u) {
    records[RECORD_VECTORS * g] = a;
    records[RECORD_VECTORS * g + 1u] = b;
    records[RECORD_VECTORS * g + 2u] = vec4f(color.yz, 0.0f, 0.0f);
    return Found(tiles, bitcast<u32>(at.z));
  }
  return none;
}

@compute @workgroup_size(GROUP)
fn main(
  @builtin(global_invocation_id) id: vec3u,
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let g = id.x;
  if (g < frame.counts.x) {
    let found = project(g);
    counts[g] = found.tiles;
    keys[g] = found.key;
    if (found.tiles > 0u) { atomicAdd(&visible, 1u); }
    atomicAdd(&bins[found.key % GROUP], 1u);
  }
  workgroupBarrier();
  // lane = digit, and a digit's counts lie block by block
  let count = atomicLoad(&bins[lane]);
  if (count > 0u) {
    let blocks = (frame.counts.x + SORT_BLOCK - 1u) / SORT_BLOCK;
    atomicAdd(&histogram[lane * blocks + group.x * GROUP / SORT_BLOCK], count);
  }
  if (lane == 0u) { atomicAdd(&state[STATE_VISIBLE], atomicLoad(&visible)); }
}
`;
