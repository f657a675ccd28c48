// Which tiles the ellipse of visible alpha reaches: in each row of tiles a range of columns, from the extreme x of the
// ellipse between the row's first and last pixel centre, which is exact. Four rows at a time, since few Gaussians reach
// more.
import {
  C_TILES_X,
  C_TILES_Y,
  R_CUT,
  R_EXTENT_Y,
  R_INVERSE_L11,
  R_L21,
  R_L22,
  R_MX,
  R_MY,
  R_SPANS,
  R_SPANS_FROM,
  SPANS_NONE,
  TILE,
} from '../layout';

/** Returns the number of tiles and notes them in the record, where they fit. */
export function countTiles(record: usize): i32 {
  return visitTiles(record, 0, false);
}

/** Writes the tiles one after another, row by row; returns where the next can go. After `countTiles`. */
export function listTiles(record: usize, out: usize): usize {
  let from = load<i32>(record, R_SPANS_FROM);
  if (from == SPANS_NONE) return out + ((<usize>visitTiles(record, out, true)) << 2);
  const tilesX = load<i32>(C_TILES_X);
  for (let spans = load<u64>(record, R_SPANS); spans != 0; spans >>= 8) {
    const first = from + <i32>(spans & 15);
    out = writeRow(first, first + <i32>((spans >> 4) & 15), out);
    from += tilesX;
  }
  return out;
}

@inline
function writeRow(first: i32, end: i32, out: usize): usize {
  for (let tile = first; tile < end; tile++) {
    store<i32>(out, tile);
    out += 4;
  }
  return out;
}

function visitTiles(record: usize, out: usize, write: bool): i32 {
  const my = load<f32>(record, R_MY),
    extent = load<f32>(record, R_EXTENT_Y);
  const tilesX = load<i32>(C_TILES_X),
    tilesY = load<i32>(C_TILES_Y);
  // first and last row of tiles with a pixel centre inside: row r spans centres TILE r + 0.5 .. TILE r + TILE - 0.5
  const low = <i32>max<f32>(0, floor<f32>((my - extent - 0.5) / <f32>TILE));
  const high = <i32>min<f32>(<f32>(tilesY - 1), floor<f32>((my + extent - 0.5) / <f32>TILE));
  if (low > high) return 0;
  const l21 = load<f32>(record, R_L21),
    l22 = load<f32>(record, R_L22),
    cut = load<f32>(record, R_CUT);
  // where the ellipse is furthest right, and mirrored, furthest left
  const turn = (-sqrt<f32>(cut) * l21) / (l22 * sqrt<f32>(l21 * l21 + l22 * l22));
  const turnRight = f32x4.splat(turn),
    turnLeft = f32x4.splat(-turn),
    reach = f32x4.splat(extent),
    minusReach = f32x4.splat(-extent),
    centre = f32x4.splat(my);
  // the spans' columns count from 8 left of the centre's
  const mx = v128.load32_splat(record, R_MX),
    origin = <i32>floor<f32>(load<f32>(record, R_MX) / <f32>TILE) - 8;
  const lastColumn = f32x4.splat(<f32>(tilesX - 1)),
    zero = f32x4.splat(0),
    half = f32x4.splat(0.5),
    perTile = f32x4.splat(1.0 / <f32>TILE);
  let spans: u64 = 0,
    tiles = 0,
    fits = high - low < 8;
  for (let row = low; row <= high; row += 4) {
    const corner = f32x4.splat(<f32>(row * TILE));
    const top = f32x4.pmax(minusReach, f32x4.sub(f32x4.add(corner, f32x4(0.5, 16.5, 32.5, 48.5)), centre));
    const bottom = f32x4.pmin(reach, f32x4.sub(f32x4.add(corner, f32x4(15.5, 31.5, 47.5, 63.5)), centre));
    const right = f32x4.add(mx, across(f32x4.pmax(top, f32x4.pmin(bottom, turnRight)), record, false));
    const left = f32x4.sub(mx, across(f32x4.pmax(top, f32x4.pmin(bottom, turnLeft)), record, true));
    const from = f32x4.pmax(zero, f32x4.sub(f32x4.ceil(f32x4.mul(f32x4.add(left, half), perTile)), f32x4.splat(1)));
    const to = f32x4.pmin(lastColumn, f32x4.floor(f32x4.mul(f32x4.sub(right, half), perTile)));
    const reached = v128.and(
      v128.and(f32x4.le(top, bottom), f32x4.le(from, to)),
      i32x4.le_s(i32x4.add(i32x4.splat(row), i32x4(0, 1, 2, 3)), i32x4.splat(high)),
    );
    const first = i32x4.trunc_sat_f32x4_s(from);
    const count = v128.and(reached, i32x4.sub(i32x4.trunc_sat_f32x4_s(to), i32x4.sub(first, i32x4.splat(1))));
    const of0 = i32x4.extract_lane(count, 0),
      of1 = i32x4.extract_lane(count, 1),
      of2 = i32x4.extract_lane(count, 2),
      of3 = i32x4.extract_lane(count, 3);
    tiles += of0 + of1 + of2 + of3;
    if (write) {
      let base = row * tilesX + i32x4.extract_lane(first, 0);
      out = writeRow(base, base + of0, out);
      base = (row + 1) * tilesX + i32x4.extract_lane(first, 1);
      out = writeRow(base, base + of1, out);
      base = (row + 2) * tilesX + i32x4.extract_lane(first, 2);
      out = writeRow(base, base + of2, out);
      base = (row + 3) * tilesX + i32x4.extract_lane(first, 3);
      out = writeRow(base, base + of3, out);
    } else {
      const column = v128.and(reached, i32x4.sub(first, i32x4.splat(origin)));
      fits = fits && !v128.any_true(i32x4.gt_u(v128.or(column, count), i32x4.splat(15)));
      // the low byte of each lane, side by side
      const bytes = v128.or(column, i32x4.shl(count, 4));
      spans |=
        (<u64>(
          (<u32>i32x4.extract_lane(i8x16.swizzle(bytes, i8x16(0, 4, 8, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)), 0))
        )) <<
        (8 * (row - low));
    }
  }
  if (!write) {
    store<i32>(record, fits ? low * tilesX + origin : SPANS_NONE, R_SPANS_FROM);
    store<u64>(record, spans, R_SPANS);
  }
  return tiles;
}

/** Half the width of the ellipse in rows y from the centre, to the right or to the left. */
@inline
function across(y: v128, record: usize, toLeft: bool): v128 {
  const l22 = v128.load32_splat(record, R_L22);
  const root = f32x4.sqrt(
    f32x4.pmax(
      f32x4.splat(0),
      f32x4.sub(v128.load32_splat(record, R_CUT), f32x4.mul(f32x4.mul(f32x4.mul(l22, l22), y), y)),
    ),
  );
  const shift = f32x4.mul(v128.load32_splat(record, R_L21), y);
  return f32x4.mul(toLeft ? f32x4.add(root, shift) : f32x4.sub(root, shift), v128.load32_splat(record, R_INVERSE_L11));
}
