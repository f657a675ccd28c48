import { TILE_SPANS_WGSL } from './geometry.wgsl.ts';
import { FRAME_WGSL, GROUP_SUMS_WGSL } from './gpu-layout.ts';

/** Tile entries of GROUP Gaussians in depth order. reads: order, counts; writes: blockSums; dispatch: N / GROUP */
export const ENTRY_SUMS_WGSL = /* wgsl */ `
${FRAME_WGSL}
@group(0) @binding(1) var<storage, read> order: array<u32>;
@group(0) @binding(2) var<storage, read> counts: array<u32>;
@group(0) @binding(3) var<storage, read_write> blockSums: array<u32>;
${GROUP_SUMS_WGSL}

@compute @workgroup_size(GROUP)
fn main(
  @builtin(global_invocation_id) id: vec3u,
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  var count = 0u;
  if (id.x < frame.counts.x) { count = counts[order[id.x]]; }
  sumsOverGroup(lane, count);
  if (lane == GROUP - 1u) { blockSums[group.x] = sums[lane]; }
}
`;

/**
 * Exclusive sums of the blocks in place, the number of entries, and how much work the passes over entries have.
 *
 * reads: blockSums; writes: blockSums, state, work (workgroups of the sort, indirect), ranges (the number of entries);
 * dispatch: 1
 */
export const ENTRY_SCAN_WGSL = /* wgsl */ `
${FRAME_WGSL}
@group(0) @binding(1) var<storage, read_write> blockSums: array<u32>;
@group(0) @binding(2) var<storage, read_write> state: array<u32>;
@group(0) @binding(3) var<storage, read_write> work: array<u32>;
@group(0) @binding(4) var<storage, read_write> ranges: array<u32>;
${GROUP_SUMS_WGSL}
var<workgroup> floats: array<f32, GROUP>;

@compute @workgroup_size(GROUP)
fn main(@builtin(local_invocation_index) lane: u32) {
  let blocks = (frame.counts.x + GROUP - 1u) / GROUP;
  let share = (blocks + GROUP - 1u) / GROUP;
  let first = min(lane * share, blocks);
  let end = min((lane + 1u) * share, blocks);
  var sum = 0u;
  // the same in f32: more entries than a u32 counts must not pass for few
  var rough = 0.0f;
  for (var i = first; i < end; i++) {
    sum += blockSums[i];
    rough += f32(blockSums[i]);
  }
  floats[lane] = rough;
  sumsOverGroup(lane, sum);
  var before = sums[lane] - sum;
  for (var i = first; i < end; i++) {
    let here = blockSums[i];
    blockSums[i] = before;
    before += here;
  }
  if (lane == GROUP - 1u) {
    var all = 0.0f;
    for (var i = 0u; i < GROUP; i++) { all += floats[i]; }
    var entries = sums[lane];
    if (all > 4.0e9f) { entries = NONE; }
    let used = min(entries, frame.counts.z);
    state[STATE_ENTRIES] = entries;
    state[STATE_USED] = used;
    if (entries > used) { state[STATE_NEEDED] = max(state[STATE_NEEDED], entries); }
    ranges[RANGE_WORDS * frame.size.z * frame.size.w] = used;
    work[0] = (used + SORT_BLOCK - 1u) / SORT_BLOCK;
    work[1] = 1u;
    work[2] = 1u;
  }
}
`;

/**
 * Lists the entries: in depth order of the Gaussians, and by rows within each. A workgroup shares the entries of its
 * GROUP Gaussians out evenly, so one that covers the screen holds nobody up.
 *
 * reads: order, counts, records, blockSums; writes: entryTiles, entryGaussians, firstEntries (by Gaussian); dispatch: N
 * / GROUP
 */
export const LIST_TILES_WGSL = /* wgsl */ `
${FRAME_WGSL}
${TILE_SPANS_WGSL}
@group(0) @binding(1) var<storage, read> order: array<u32>;
@group(0) @binding(2) var<storage, read> counts: array<u32>;
@group(0) @binding(3) var<storage, read> records: array<vec4f>;
@group(0) @binding(4) var<storage, read> blockSums: array<u32>;
@group(0) @binding(5) var<storage, read_write> entryTiles: array<u32>;
@group(0) @binding(6) var<storage, read_write> entryGaussians: array<u32>;
@group(0) @binding(7) var<storage, read_write> firstEntries: array<u32>;
${GROUP_SUMS_WGSL}
var<workgroup> members: array<u32, GROUP>;

// the tile of a Gaussian's entry number \`index\`
fn tileOf(g: u32, index: u32) -> u32 {
  let e = ellipseOf(records[RECORD_VECTORS * g], records[RECORD_VECTORS * g + 1u]);
  let rows = rowsOf(e);
  var left = i32(index);
  for (var row = rows.x; row < rows.y; row++) {
    let columns = columnsOf(e, row);
    if (left < columns.y - columns.x) { return u32(row) * frame.size.z + u32(columns.x + left); }
    left -= columns.y - columns.x;
  }
  // a compiler that rounds here other than in the projection: an entry of no tile, behind all others
  return frame.size.z * frame.size.w;
}

@compute @workgroup_size(GROUP)
fn main(
  @builtin(global_invocation_id) id: vec3u,
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  var count = 0u;
  var g = 0u;
  let base = blockSums[group.x];
  if (id.x < frame.counts.x) {
    g = order[id.x];
    count = counts[g];
  }
  members[lane] = g;
  sumsOverGroup(lane, count);
  if (id.x < frame.counts.x) { firstEntries[g] = base + sums[lane] - count; }
  let all = sums[GROUP - 1u];
  for (var j = lane; j < all; j += GROUP) {
    let at = base + j;
    if (at >= frame.counts.z) { break; }
    // the first member whose sum is above j
    var low = 0u;
    for (var step = GROUP / 2u; step > 0u; step /= 2u) {
      if (sums[low + step - 1u] <= j) { low += step; }
    }
    var before = 0u;
    if (low > 0u) { before = sums[low - 1u]; }
    entryTiles[at] = tileOf(members[low], j - before);
    entryGaussians[at] = members[low];
  }
}
`;
