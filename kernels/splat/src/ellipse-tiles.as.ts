// Which tiles the ellipse of visible alpha reaches: in each row of tiles a range of columns, from the extreme x of the ellipse between the row's first and last
// pixel centre, which is exact.
import { C_TILES_X, C_TILES_Y, R_CUT, R_EXTENT_Y, R_INVERSE_L11, R_L21, R_L22, R_MX, R_MY, R_SPANS, R_SPANS_FROM, SPANS_NONE, TILE } from './layout';

/** Returns the number of tiles and notes them in the record, where they fit. */
export function countTiles(record: usize): i32 {
  return visitTiles(record, 0, false);
}

/** Writes the tiles one after another, row by row; returns where the next can go. After `countTiles`. */
export function listTiles(record: usize, out: usize): usize {
  let from = load<i32>(record, R_SPANS_FROM);
  if (from == SPANS_NONE) return out + (<usize>visitTiles(record, out, true) << 2);
  const tilesX = load<i32>(C_TILES_X);
  for (let spans = load<u64>(record, R_SPANS); spans != 0; spans >>= 8) {
    const first = from + <i32>(spans & 15), end = first + <i32>((spans >> 4) & 15);
    for (let tile = first; tile < end; tile++) {
      store<i32>(out, tile);
      out += 4;
    }
    from += tilesX;
  }
  return out;
}

function visitTiles(record: usize, out: usize, write: bool): i32 {
  const mx = load<f32>(record, R_MX), my = load<f32>(record, R_MY);
  const l21 = load<f32>(record, R_L21), l22 = load<f32>(record, R_L22);
  const inverse = load<f32>(record, R_INVERSE_L11), extent = load<f32>(record, R_EXTENT_Y), cut = load<f32>(record, R_CUT);
  const tilesX = load<i32>(C_TILES_X), tilesY = load<i32>(C_TILES_Y);
  // first and last row of tiles with a pixel centre inside: row r spans centres TILE r + 0.5 .. TILE r + TILE - 0.5
  const low = max<f32>(0, floor<f32>((my - extent - 0.5) / <f32>TILE));
  const high = min<f32>(<f32>(tilesY - 1), floor<f32>((my + extent - 0.5) / <f32>TILE));
  if (!(low <= high)) return 0;
  const steep = sqrt<f32>(l21 * l21 + l22 * l22);
  // where the ellipse is furthest right, and mirrored, furthest left
  const turn = -sqrt<f32>(cut) * l21 / (l22 * steep);
  // the spans' columns count from 8 left of the centre's
  const origin = <i32>floor<f32>(max<f32>(-<f32>(1 << 20), min<f32>(<f32>(1 << 20), mx / <f32>TILE))) - 8;
  let spans: u64 = 0, tiles = 0, fits = high - low < 8;
  for (let row = <i32>low; row <= <i32>high; row++) {
    const top = max<f32>(-extent, <f32>(row * TILE) + 0.5 - my);
    const bottom = min<f32>(extent, <f32>(row * TILE + TILE) - 0.5 - my);
    if (!(top <= bottom)) continue;
    const yRight = max<f32>(top, min<f32>(bottom, turn)), yLeft = max<f32>(top, min<f32>(bottom, -turn));
    const right = mx + (sqrt<f32>(max<f32>(0, cut - l22 * l22 * yRight * yRight)) - l21 * yRight) * inverse;
    const left = mx - (sqrt<f32>(max<f32>(0, cut - l22 * l22 * yLeft * yLeft)) + l21 * yLeft) * inverse;
    const from = max<f32>(0, ceil<f32>((left + 0.5) / <f32>TILE) - 1), to = min<f32>(<f32>(tilesX - 1), floor<f32>((right - 0.5) / <f32>TILE));
    if (!(from <= to)) continue;
    const first = <i32>from, count = <i32>to - first + 1;
    if (write) {
      for (let column = first; column < first + count; column++) {
        store<i32>(out, row * tilesX + column);
        out += 4;
      }
    } else {
      fits = fits && <u32>(first - origin) < 16 && count < 16;
      spans |= <u64>((count << 4) | (first - origin)) << (8 * (row - <i32>low));
    }
    tiles += count;
  }
  if (!write) {
    store<i32>(record, fits ? <i32>low * tilesX + origin : SPANS_NONE, R_SPANS_FROM);
    store<u64>(record, spans, R_SPANS);
  }
  return tiles;
}
