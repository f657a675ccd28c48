// Tile lists: a counting sort of the entries by tile, block by block of the ranks in depth order. Blocks and entries
// within them keep their order, so each tile's list is front to back, and the same for any number of blocks.
// reads: records, depth order, tile counts, starts; writes: entry tiles, tile starts, tile entries
import {
  C_BLOCKS,
  C_TILES_X,
  C_TILES_Y,
  C_VISIBLE,
  P_ENTRY_TILES,
  P_ORDER_A,
  P_RECORDS,
  P_STARTS,
  P_TILE_COUNTS,
  P_TILE_CURSORS,
  P_TILE_ENTRIES,
  P_TILE_STARTS,
  RECORD_BYTES,
} from '../layout';
import { listTiles } from './ellipse-tiles.as';
import { address } from './math.as';

@inline
function tileBytes(): usize {
  return (<usize>(load<i32>(C_TILES_X) * load<i32>(C_TILES_Y))) << 2;
}

/** First rank of a block. */
@inline
function firstRank(block: i32): i32 {
  return <i32>((<i64>load<i32>(C_VISIBLE) * <i64>block) / <i64>load<i32>(C_BLOCKS));
}

/** Writes the tile of each entry of a block's ranks, and counts them. */
export function listTilesBlock(block: i32): void {
  const end = firstRank(block + 1),
    cursors = address(P_TILE_CURSORS) + <usize>block * tileBytes();
  const order = address(P_ORDER_A),
    starts = address(P_STARTS),
    records = address(P_RECORDS),
    tiles = address(P_ENTRY_TILES);
  memory.fill(cursors, 0, tileBytes());
  for (let rank = firstRank(block); rank < end; rank++) {
    const g = <usize>load<i32>(order + ((<usize>rank) << 2));
    const first = tiles + ((<usize>load<i32>(starts + (g << 2))) << 2);
    const last = listTiles(records + g * RECORD_BYTES, first);
    for (let at = first; at < last; at += 4) {
      const slot = cursors + ((<usize>load<i32>(at)) << 2);
      store<i32>(slot, load<i32>(slot) + 1);
    }
  }
}

/** Where each tile's list starts, and each block's share of it. */
export function startTiles(): void {
  const bytes = tileBytes(),
    starts = address(P_TILE_STARTS),
    cursors = address(P_TILE_CURSORS),
    end = cursors + <usize>load<i32>(C_BLOCKS) * bytes;
  let sum = 0;
  for (let t: usize = 0; t < bytes; t += 4) {
    store<i32>(starts + t, sum);
    for (let slot = cursors + t; slot < end; slot += bytes) {
      const n = load<i32>(slot);
      store<i32>(slot, sum);
      sum += n;
    }
  }
  store<i32>(starts + bytes, sum);
}

/** Puts the entries of a block's ranks into their tiles' lists. */
export function placeEntriesBlock(block: i32): void {
  const end = firstRank(block + 1),
    cursors = address(P_TILE_CURSORS) + <usize>block * tileBytes(),
    list = address(P_TILE_ENTRIES);
  const order = address(P_ORDER_A),
    starts = address(P_STARTS),
    counts = address(P_TILE_COUNTS),
    tiles = address(P_ENTRY_TILES);
  for (let rank = firstRank(block); rank < end; rank++) {
    const g = load<i32>(order + ((<usize>rank) << 2));
    let entry = load<i32>(starts + ((<usize>g) << 2));
    const last = entry + load<i32>(counts + ((<usize>g) << 2));
    for (; entry < last; entry++) {
      const slot = cursors + ((<usize>load<i32>(tiles + ((<usize>entry) << 2))) << 2);
      const at = <usize>load<i32>(slot);
      store<i32>(slot, <i32>at + 1);
      store<i32>(list + (at << 3), g);
      store<i32>(list + (at << 3), entry, 4);
    }
  }
}
