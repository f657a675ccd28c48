import { BEHIND_WGSL, FRAME_WGSL } from './gpu-layout.ts';

/**
 * Blends one tile front to back, a thread a pixel: C = Σ T_i α_i c_i + T background (Kerbl et al. 2023).
 *
 * A tile finds its entries in the sorted tiles by halving, which two threads do at once: a pass of its own would cost
 * more than the search.
 *
 * reads: sorted tiles and entries, entryGaussians, records, background, ranges (the number of entries); writes: image
 * (rgb, transmittance), depthEnds, ranges (the tile's); dispatch: a workgroup a tile
 *
 * depthEnds: bits of the depth, and one past the last entry that the pixel drew
 */
export const FORWARD_WGSL = /* wgsl */ `
${FRAME_WGSL}
@group(0) @binding(1) var<storage, read_write> ranges: array<u32>;
@group(0) @binding(2) var<storage, read> entries: array<u32>;
@group(0) @binding(3) var<storage, read> entryGaussians: array<u32>;
@group(0) @binding(4) var<storage, read> records: array<vec4f>;
@group(0) @binding(5) var<storage, read> background: array<f32>;
@group(0) @binding(6) var<storage, read_write> image: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> depthEnds: array<vec2u>;
@group(0) @binding(8) var<storage, read> tiles: array<u32>;
${BEHIND_WGSL}

var<workgroup> first: array<vec4f, GROUP>;
var<workgroup> second: array<vec4f, GROUP>;
var<workgroup> third: array<vec2f, GROUP>;
var<workgroup> finished: atomic<u32>;
var<workgroup> allFinished: u32;
var<workgroup> start: u32;
var<workgroup> end: u32;
var<workgroup> furthest: atomic<u32>;

// the first entry of a tile that is not before this one
fn firstEntry(tile: u32) -> u32 {
  var low = 0u;
  var high = ranges[RANGE_WORDS * frame.size.z * frame.size.w];
  while (low < high) {
    let middle = (low + high) / 2u;
    if (tiles[middle] < tile) { low = middle + 1u; } else { high = middle; }
  }
  return low;
}

@compute @workgroup_size(TILE, TILE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let tile = group.y * frame.size.z + group.x;
  if (lane == 0u) { start = firstEntry(tile); }
  if (lane == 1u) { end = firstEntry(tile + 1u); }
  let span = vec2u(workgroupUniformLoad(&start), workgroupUniformLoad(&end));
  let column = group.x * TILE + local.x;
  let row = group.y * TILE + local.y;
  let inside = column < frame.size.x && row < frame.size.y;
  let at = vec2f(f32(column) + 0.5f, f32(row) + 0.5f);
  var t = 1.0f;
  var color = vec3f(0.0f);
  var z = 0.0f;
  var last = 0u;
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
      last = batch + i + 1u;
    }
  }

  if (inside) {
    let pixel = row * frame.size.x + column;
    image[pixel] = vec4f(color + t * behindOf(pixel), t);
    depthEnds[pixel] = vec2u(bitcast<u32>(z), last);
    atomicMax(&furthest, last);
  }
  workgroupBarrier();
  if (lane == 0u) {
    ranges[RANGE_WORDS * tile] = span.x;
    ranges[RANGE_WORDS * tile + 1u] = span.y;
    ranges[RANGE_WORDS * tile + 2u] = atomicLoad(&furthest);
  }
}
`;
