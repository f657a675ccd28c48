import { GROUP_SUMS_WGSL, SCAN_GROUP, SORT_WGSL } from './gpu-layout.ts';

// A stable radix sort by count, scan, scatter: three dispatches for 8 bits, no look-back, so that it needs no promise
// of forward progress. The projection has counted the depths' lowest 8 bits already.
// histogram is [digit][block]; block = SORT_BLOCK keys.

const SIZE_WGSL = /* wgsl */ `
fn keyCount() -> u32 { return select(sort.count, state[STATE_USED], sort.counted != 0u); }
fn blockCount(count: u32) -> u32 { return (count + SORT_BLOCK - 1u) / SORT_BLOCK; }
`;

/** reads: keys, state; writes: histogram; dispatch: a workgroup a block */
export const SORT_COUNT_WGSL = /* wgsl */ `
${SORT_WGSL}
@group(0) @binding(1) var<storage, read> keys: array<u32>;
@group(0) @binding(2) var<storage, read> state: array<u32>;
@group(0) @binding(3) var<storage, read_write> histogram: array<u32>;
${SIZE_WGSL}
var<workgroup> bins: array<atomic<u32>, DIGITS>;

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let count = keyCount();
  let blocks = blockCount(count);
  for (var i = 0u; i < SORT_BLOCK; i += GROUP) {
    let at = group.x * SORT_BLOCK + i + lane;
    if (at < count) { atomicAdd(&bins[(keys[at] >> sort.shift) & (DIGITS - 1u)], 1u); }
  }
  workgroupBarrier();
  if (group.x < blocks) { histogram[lane * blocks + group.x] = atomicLoad(&bins[lane]); }
}
`;

/**
 * One workgroup a digit: exclusive sums over its blocks, in place, and its total. reads: state; writes: histogram,
 * totals; dispatch: DIGITS
 */
export const SORT_SCAN_WGSL = /* wgsl */ `
${SORT_WGSL}
@group(0) @binding(1) var<storage, read> state: array<u32>;
@group(0) @binding(2) var<storage, read_write> histogram: array<u32>;
@group(0) @binding(3) var<storage, read_write> totals: array<u32>;
${SIZE_WGSL}
const SCAN_GROUP = ${SCAN_GROUP}u;
var<workgroup> sums: array<u32, SCAN_GROUP>;

@compute @workgroup_size(SCAN_GROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let blocks = blockCount(keyCount());
  let share = (blocks + SCAN_GROUP - 1u) / SCAN_GROUP;
  let first = group.x * blocks + min(lane * share, blocks);
  let end = group.x * blocks + min((lane + 1u) * share, blocks);
  var sum = 0u;
  for (var i = first; i < end; i++) { sum += histogram[i]; }
  sums[lane] = sum;
  workgroupBarrier();
  // lanes beyond the blocks hold nothing
  for (var step = 1u; step < min(SCAN_GROUP, blocks); step *= 2u) {
    var left = 0u;
    if (lane >= step) { left = sums[lane - step]; }
    workgroupBarrier();
    sums[lane] += left;
    workgroupBarrier();
  }
  if (lane == min(SCAN_GROUP, max(blocks, 1u)) - 1u) { totals[group.x] = sums[lane]; }
  var before = sums[lane] - sum;
  for (var i = first; i < end; i++) {
    let here = histogram[i];
    histogram[i] = before;
    before += here;
  }
}
`;

/**
 * Moves a block's keys to where they belong. A key's rank among those of its digit is counted with one bit a thread: a
 * mask of 256 bits for each digit, and the bits below one's own.
 *
 * reads: keysIn, valuesIn (unless iota), histogram, totals, state; writes: keysOut, valuesOut; dispatch: a workgroup a
 * block
 */
export const SORT_SCATTER_WGSL = /* wgsl */ `
${SORT_WGSL}
@group(0) @binding(1) var<storage, read> keysIn: array<u32>;
@group(0) @binding(2) var<storage, read> valuesIn: array<u32>;
@group(0) @binding(3) var<storage, read_write> keysOut: array<u32>;
@group(0) @binding(4) var<storage, read_write> valuesOut: array<u32>;
@group(0) @binding(5) var<storage, read> histogram: array<u32>;
@group(0) @binding(6) var<storage, read> totals: array<u32>;
@group(0) @binding(7) var<storage, read> state: array<u32>;
${SIZE_WGSL}
const WORDS = GROUP / 32u;
var<workgroup> masks: array<atomic<u32>, DIGITS * WORDS>;
// where the next key of each digit goes
var<workgroup> cursors: array<u32, DIGITS>;
${GROUP_SUMS_WGSL}

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let count = keyCount();
  let blocks = blockCount(count);
  // thread = digit: what lies before its digit, and before its block within the digit
  let total = totals[lane];
  sumsOverGroup(lane, total);
  if (group.x < blocks) { cursors[lane] = sums[lane] - total + histogram[lane * blocks + group.x]; }

  let word = lane / 32u;
  let bit = lane % 32u;
  for (var i = 0u; i < SORT_BLOCK && group.x * SORT_BLOCK + i < count; i += GROUP) {
    for (var w = 0u; w < WORDS; w++) { atomicStore(&masks[w * DIGITS + lane], 0u); }
    workgroupBarrier();
    let at = group.x * SORT_BLOCK + i + lane;
    var key = 0u;
    var digit = 0u;
    if (at < count) {
      key = keysIn[at];
      digit = (key >> sort.shift) & (DIGITS - 1u);
      atomicOr(&masks[word * DIGITS + digit], 1u << bit);
    }
    workgroupBarrier();
    if (at < count) {
      var rank = cursors[digit];
      for (var w = 0u; w < word; w++) { rank += countOneBits(atomicLoad(&masks[w * DIGITS + digit])); }
      rank += countOneBits(atomicLoad(&masks[word * DIGITS + digit]) & ((1u << bit) - 1u));
      keysOut[rank] = key;
      if (sort.iota != 0u) { valuesOut[rank] = at; } else { valuesOut[rank] = valuesIn[at]; }
    }
    workgroupBarrier();
    var here = 0u;
    for (var w = 0u; w < WORDS; w++) { here += countOneBits(atomicLoad(&masks[w * DIGITS + lane])); }
    cursors[lane] += here;
  }
}
`;
