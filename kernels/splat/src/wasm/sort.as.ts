// Depth order. Serial: half a millisecond for 40 000 Gaussians, of which the passes of a parallel sort would win
// little.
import {
  C_COUNT,
  C_VISIBLE,
  P_HISTOGRAM,
  P_KEYS_A,
  P_KEYS_B,
  P_ORDER_A,
  P_ORDER_B,
  P_STARTS,
  P_TILE_COUNTS,
} from '../layout';
import { address } from './math.as';

/**
 * Indices of the drawn Gaussians by depth, front to back, equal depths by index: a stable radix sort of the f32 depth's
 * bits, which order like the depths because these are positive. Gives each its first entry. Returns the number of
 * entries, which may be more than fit, as f64.
 */
export function sortByDepth(): f64 {
  const count = load<i32>(C_COUNT);
  const counts = address(P_TILE_COUNTS),
    depths = address(P_KEYS_B),
    histogram = address(P_HISTOGRAM);
  let keys = address(P_KEYS_A),
    order = address(P_ORDER_A);
  let visible = 0;
  let least: u32 = 0xffffffff,
    most: u32 = 0;
  for (let g = 0; g < count; g++) {
    if (load<i32>(counts + ((<usize>g) << 2)) == 0) continue;
    const key = load<u32>(depths + ((<usize>g) << 2));
    store<u32>(keys + ((<usize>visible) << 2), key);
    store<i32>(order + ((<usize>visible) << 2), g);
    visible++;
    least = min(least, key);
    most = max(most, key);
  }
  // only the bits in which the depths differ: a person is a small range of them
  const passes = visible < 2 ? 0 : (42 - <i32>clz(most - least)) / 11;
  memory.fill(histogram, 0, (<usize>passes) << 13);
  for (let i = 0; i < visible; i++) {
    const key = load<u32>(keys + ((<usize>i) << 2)) - least;
    for (let pass = 0; pass < passes; pass++) {
      const slot = histogram + ((<usize>((pass << 11) + ((key >> (11 * pass)) & 2047))) << 2);
      store<u32>(slot, load<u32>(slot) + 1);
    }
  }
  let otherKeys = address(P_KEYS_B),
    otherOrder = address(P_ORDER_B);
  for (let pass = 0; pass < passes; pass++) {
    let sum: u32 = 0;
    const digits = histogram + ((<usize>pass) << 13);
    for (let d: usize = 0; d < 8192; d += 4) {
      const n = load<u32>(digits + d);
      store<u32>(digits + d, sum);
      sum += n;
    }
    for (let i = 0; i < visible; i++) {
      const key = load<u32>(keys + ((<usize>i) << 2));
      const slot = digits + ((<usize>(((key - least) >> (11 * pass)) & 2047)) << 2);
      const at = <usize>load<u32>(slot);
      store<u32>(slot, <u32>at + 1);
      store<u32>(otherKeys + (at << 2), key);
      store<i32>(otherOrder + (at << 2), load<i32>(order + ((<usize>i) << 2)));
    }
    const k = keys,
      o = order;
    keys = otherKeys;
    order = otherOrder;
    otherKeys = k;
    otherOrder = o;
  }
  // An odd number of passes ends in the second pair; callers read P_ORDER_A.
  if (passes & 1) memory.copy(address(P_ORDER_A), order, (<usize>visible) << 2);
  store<i32>(C_VISIBLE, visible);

  const starts = address(P_STARTS);
  let entries: i64 = 0;
  for (let i = 0; i < visible; i++) {
    const g = <usize>load<i32>(address(P_ORDER_A) + ((<usize>i) << 2));
    store<i32>(starts + (g << 2), <i32>entries);
    entries += load<i32>(counts + (g << 2));
  }
  return <f64>entries;
}
