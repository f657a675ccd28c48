// Depth order and tile lists. Serial: counting passes over a few thousand numbers cost less than waking threads.
import {
  C_COUNT, C_TILES_X, C_TILES_Y, C_VISIBLE, P_ENTRY_TILES, P_HISTOGRAM, P_KEYS_A, P_KEYS_B, P_ORDER_A, P_ORDER_B, P_STARTS, P_TILE_COUNTS, P_TILE_CURSORS,
  P_TILE_ENTRIES, P_TILE_STARTS,
} from './layout';
import { address } from './math.as';

/**
 * Indices of the drawn Gaussians by depth, front to back, equal depths by index: a stable radix sort of the f32 depth's bits, which
 * order like the depths because these are positive. Gives each its first entry. Returns the number of entries, which may be more
 * than fit, as f64.
 */
export function sortByDepth(): f64 {
  const count = load<i32>(C_COUNT);
  const counts = address(P_TILE_COUNTS), depths = address(P_KEYS_B), histogram = address(P_HISTOGRAM);
  let keys = address(P_KEYS_A), order = address(P_ORDER_A);
  memory.fill(histogram, 0, 3 * 2048 * 4);
  let visible = 0;
  for (let g = 0; g < count; g++) {
    if (load<i32>(counts + (<usize>g << 2)) == 0) continue;
    const key = load<u32>(depths + (<usize>g << 2));
    store<u32>(keys + (<usize>visible << 2), key);
    store<i32>(order + (<usize>visible << 2), g);
    visible++;
    for (let pass = 0; pass < 3; pass++) {
      const slot = histogram + (<usize>((pass << 11) + ((key >> (11 * pass)) & 2047)) << 2);
      store<u32>(slot, load<u32>(slot) + 1);
    }
  }
  let otherKeys = address(P_KEYS_B), otherOrder = address(P_ORDER_B);
  for (let pass = 0; pass < 3; pass++) {
    let sum: u32 = 0;
    const digits = histogram + (<usize>pass << 13);
    for (let d: usize = 0; d < 8192; d += 4) {
      const n = load<u32>(digits + d);
      store<u32>(digits + d, sum);
      sum += n;
    }
    for (let i = 0; i < visible; i++) {
      const key = load<u32>(keys + (<usize>i << 2));
      const slot = digits + (<usize>((key >> (11 * pass)) & 2047) << 2);
      const at = <usize>load<u32>(slot);
      store<u32>(slot, <u32>at + 1);
      store<u32>(otherKeys + (at << 2), key);
      store<i32>(otherOrder + (at << 2), load<i32>(order + (<usize>i << 2)));
    }
    const k = keys, o = order;
    keys = otherKeys;
    order = otherOrder;
    otherKeys = k;
    otherOrder = o;
  }
  // Three passes end in the second pair; callers read P_ORDER_A.
  memory.copy(address(P_ORDER_A), order, <usize>visible << 2);
  store<i32>(C_VISIBLE, visible);

  const starts = address(P_STARTS);
  let entries: i64 = 0;
  for (let i = 0; i < visible; i++) {
    const g = <usize>load<i32>(address(P_ORDER_A) + (<usize>i << 2));
    store<i32>(starts + (g << 2), <i32>entries);
    entries += load<i32>(counts + (g << 2));
  }
  return <f64>entries;
}

/** Groups entries by tile. They are taken in depth order, so each tile's list is front to back. */
export function groupByTile(): void {
  const tiles = load<i32>(C_TILES_X) * load<i32>(C_TILES_Y);
  const tileStarts = address(P_TILE_STARTS), cursors = address(P_TILE_CURSORS), entryTiles = address(P_ENTRY_TILES);
  const visible = load<i32>(C_VISIBLE);
  const order = address(P_ORDER_A), counts = address(P_TILE_COUNTS), list = address(P_TILE_ENTRIES);
  memory.fill(cursors, 0, <usize>tiles << 2);
  let entry: usize = 0;
  for (let i = 0; i < visible; i++) {
    const g = <usize>load<i32>(order + (<usize>i << 2));
    const end = entry + <usize>load<i32>(counts + (g << 2));
    for (; entry < end; entry++) {
      const slot = cursors + (<usize>load<i32>(entryTiles + (entry << 2)) << 2);
      store<i32>(slot, load<i32>(slot) + 1);
    }
  }
  let sum = 0;
  for (let t = 0; t < tiles; t++) {
    const n = load<i32>(cursors + (<usize>t << 2));
    store<i32>(tileStarts + (<usize>t << 2), sum);
    store<i32>(cursors + (<usize>t << 2), sum);
    sum += n;
  }
  store<i32>(tileStarts + (<usize>tiles << 2), sum);
  entry = 0;
  for (let i = 0; i < visible; i++) {
    const g = load<i32>(order + (<usize>i << 2));
    const end = entry + <usize>load<i32>(counts + (<usize>g << 2));
    for (; entry < end; entry++) {
      const slot = cursors + (<usize>load<i32>(entryTiles + (entry << 2)) << 2);
      const at = <usize>load<i32>(slot);
      store<i32>(slot, <i32>at + 1);
      store<i32>(list + (at << 3), g);
      store<i32>(list + (at << 3), <i32>entry, 4);
    }
  }
}
