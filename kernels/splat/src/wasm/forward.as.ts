// Blend one tile front to back: C = Σ T_i α_i c_i + T background (Kerbl et al. 2023).
// Gaussians are the outer loop and the tile's pixels lie in L1, so that a small Gaussian costs only the quads (four
// pixels of a row) which it touches. A pixel that stopped has its transmittance negated.
// reads: records, tile lists, background; writes: color, transmittance, stops, depth when asked for
import {
  C_BACKGROUND_IMAGE,
  C_DEPTH,
  C_HEIGHT,
  C_TILES_X,
  C_WIDTH,
  D_BACKGROUND,
  K_ALPHA_CUT,
  K_ALPHA_MAX,
  K_STOP,
  P_BACKGROUND,
  P_COLOR,
  P_DEPTH,
  P_RECORDS,
  P_STOPS,
  P_TILE_ENTRIES,
  P_TILE_STARTS,
  P_TRANSMITTANCE,
  R_BLUE,
  R_DEPTH,
  R_GREEN,
  R_L11,
  R_MX,
  R_MY,
  R_RED,
  RECORD_BYTES,
  S_BLUE,
  S_DEPTH,
  S_GREEN,
  S_RED,
  S_ROW_HEIGHT,
  S_ROW_SHEAR,
  S_STOPS,
  S_TRANSMITTANCE,
  STOP_NEVER,
  TILE,
} from '../layout';
import { address, exp2x4, madd, nmadd } from './math.as';
import { firstOf, secondOf, thirdOf } from './rgb-quads.as';
import { columnsOf, pixelOffset, prepareRamp, rowOf, touchedQuads } from './quads.as';

/** Returns the number of quads evaluated. */
export function forwardTile(tile: i32, scratch: usize): i32 {
  const width = load<i32>(C_WIDTH),
    height = load<i32>(C_HEIGHT),
    tilesX = load<i32>(C_TILES_X);
  const ox = (tile % tilesX) * TILE,
    oy = (tile / tilesX) * TILE;
  const columns = min(TILE, width - ox),
    rows = min(TILE, height - oy);
  memory.fill(scratch, 0, S_STOPS);
  prepareRamp(scratch);
  for (let p: usize = 0; p < 1024; p += 16) {
    v128.store(scratch + p, f32x4.splat(1), S_TRANSMITTANCE);
    v128.store(scratch + p, i32x4.splat(STOP_NEVER), S_STOPS);
  }
  if (columns < TILE || rows < TILE) {
    for (let y = 0; y < TILE; y++)
      for (let x = 0; x < TILE; x++) {
        if (x >= columns || y >= rows) store<f32>(scratch + pixelOffset(x, y), -1, S_TRANSMITTANCE);
      }
  }
  const start = load<i32>(address(P_TILE_STARTS) + ((<usize>tile) << 2)),
    end = load<i32>(address(P_TILE_STARTS) + ((<usize>tile) << 2), 4);
  const quads = blend(start, end, ox, oy, scratch);
  writeTile(ox, oy, columns, rows, width, scratch);
  return quads;
}

@inline
function blend(start: i32, end: i32, ox: i32, oy: i32, scratch: usize): i32 {
  const depth = load<i32>(C_DEPTH) != 0;
  const list = address(P_TILE_ENTRIES),
    records = address(P_RECORDS);
  const fx0 = <f32>ox + 0.5,
    fy0 = <f32>oy + 0.5;
  const cutInverse = v128.load(K_ALPHA_CUT),
    alphaMax = v128.load(K_ALPHA_MAX),
    stopAt = v128.load(K_STOP);
  let quads = 0;
  // quads with a pixel that has not stopped
  let alive: u64 = 0;
  for (let b: usize = 0; b < 64; b++)
    if (i32x4.bitmask(v128.load(scratch + (b << 4), S_TRANSMITTANCE)) != 15) alive |= (<u64>1) << b;
  for (let e = start; e < end; e++) {
    const record = records + <usize>load<i32>(list + ((<usize>e) << 3)) * RECORD_BYTES;
    let touched = alive & touchedQuads(record, load<f32>(record, R_MX) - fx0, load<f32>(record, R_MY) - fy0, scratch);
    quads += <i32>popcnt(touched);
    const l11 = v128.load32_splat(record, R_L11);
    const red = v128.load32_splat(record, R_RED),
      green = v128.load32_splat(record, R_GREEN),
      blue = v128.load32_splat(record, R_BLUE);
    const z = v128.load32_splat(record, R_DEPTH);
    while (touched != 0) {
      const b = <usize>ctz(touched);
      touched &= touched - 1;
      const at = scratch + (b << 4),
        row = rowOf(b, scratch);
      const t = v128.load(at, S_TRANSMITTANCE);
      const u = madd(l11, columnsOf(b, scratch), v128.load32_splat(row, S_ROW_SHEAR));
      const alpha = f32x4.pmin(alphaMax, exp2x4(nmadd(u, u, v128.load32_splat(row, S_ROW_HEIGHT))));
      const seen = f32x4.ge(alpha, cutInverse);
      const part = f32x4.mul(t, alpha),
        after = f32x4.sub(t, part);
      const drawn = v128.and(seen, f32x4.ge(after, stopAt));
      const weight = v128.and(drawn, part);
      v128.store(at, madd(weight, red, v128.load(at, S_RED)), S_RED);
      v128.store(at, madd(weight, green, v128.load(at, S_GREEN)), S_GREEN);
      v128.store(at, madd(weight, blue, v128.load(at, S_BLUE)), S_BLUE);
      if (depth) v128.store(at, madd(weight, z, v128.load(at, S_DEPTH)), S_DEPTH);
      v128.store(at, f32x4.sub(t, weight), S_TRANSMITTANCE);
      // seen and not drawn: it stops here, unless it had, which the sign of its transmittance says
      const stopping = v128.andnot(v128.andnot(seen, drawn), t);
      if (i32x4.bitmask(stopping) != 0) alive = stopPixels(alive, b, at, i32x4.shr_s(stopping, 31), e);
    }
    if (alive == 0) break;
  }
  return quads;
}

/** Notes of the marked pixels of quad b that they stopped before entry e; the quads that are alive now. */
function stopPixels(alive: u64, b: usize, at: usize, which: v128, e: i32): u64 {
  const t = v128.load(at, S_TRANSMITTANCE),
    after = v128.bitselect(f32x4.neg(t), t, which);
  v128.store(at, after, S_TRANSMITTANCE);
  v128.store(at, v128.bitselect(i32x4.splat(e), v128.load(at, S_STOPS), which), S_STOPS);
  return i32x4.bitmask(after) == 15 ? alive & ~((<u64>1) << b) : alive;
}

function writeTile(ox: i32, oy: i32, columns: i32, rows: i32, width: i32, scratch: usize): void {
  const image = load<i32>(C_BACKGROUND_IMAGE) != 0,
    depth = load<i32>(C_DEPTH) != 0;
  const red = <f32>load<f64>(D_BACKGROUND),
    green = <f32>load<f64>(D_BACKGROUND, 8),
    blue = <f32>load<f64>(D_BACKGROUND, 16);
  const r = f32x4.splat(red),
    g = f32x4.splat(green),
    b = f32x4.splat(blue),
    whole = columns & ~3;
  let first = firstOf(r, g, b),
    second = secondOf(r, g, b),
    third = thirdOf(r, g, b);
  for (let y = 0; y < rows; y++) {
    const row = <usize>((oy + y) * width + ox);
    for (let x = 0; x < whole; x += 4) {
      const pixel = row + <usize>x,
        from = scratch + pixelOffset(x, y),
        color = address(P_COLOR) + pixel * 12;
      const t = f32x4.abs(v128.load(from, S_TRANSMITTANCE));
      if (image) {
        const background = address(P_BACKGROUND) + pixel * 12;
        first = v128.load(background);
        second = v128.load(background, 16);
        third = v128.load(background, 32);
      }
      const reds = v128.load(from, S_RED),
        greens = v128.load(from, S_GREEN),
        blues = v128.load(from, S_BLUE);
      v128.store(color, f32x4.add(firstOf(reds, greens, blues), f32x4.mul(v128.shuffle<f32>(t, t, 0, 0, 0, 1), first)));
      v128.store(
        color,
        f32x4.add(secondOf(reds, greens, blues), f32x4.mul(v128.shuffle<f32>(t, t, 1, 1, 2, 2), second)),
        16,
      );
      v128.store(
        color,
        f32x4.add(thirdOf(reds, greens, blues), f32x4.mul(v128.shuffle<f32>(t, t, 2, 3, 3, 3), third)),
        32,
      );
      v128.store(address(P_TRANSMITTANCE) + (pixel << 2), t);
      v128.store(address(P_STOPS) + (pixel << 2), v128.load(from, S_STOPS));
      if (depth) v128.store(address(P_DEPTH) + (pixel << 2), v128.load(from, S_DEPTH));
    }
    for (let x = whole; x < columns; x++) {
      const pixel = row + <usize>x,
        from = scratch + pixelOffset(x, y),
        color = address(P_COLOR) + pixel * 12;
      const t = abs<f32>(load<f32>(from, S_TRANSMITTANCE)),
        background = address(P_BACKGROUND) + pixel * 12;
      store<f32>(color, load<f32>(from, S_RED) + t * (image ? load<f32>(background) : red));
      store<f32>(color, load<f32>(from, S_GREEN) + t * (image ? load<f32>(background, 4) : green), 4);
      store<f32>(color, load<f32>(from, S_BLUE) + t * (image ? load<f32>(background, 8) : blue), 8);
      store<f32>(address(P_TRANSMITTANCE) + (pixel << 2), t);
      store<i32>(address(P_STOPS) + (pixel << 2), load<i32>(from, S_STOPS));
      if (depth) store<f32>(address(P_DEPTH) + (pixel << 2), load<f32>(from, S_DEPTH));
    }
  }
}
