// Blend one tile front to back: C = Σ T_i α_i c_i + T background (Kerbl et al. 2023).
// Gaussians are the outer loop and the tile's pixels lie in L1: per row the exact span of visible alpha is solved for, so a small
// Gaussian costs only the quads (four pixels of a row) that it touches. A pixel that stopped has its transmittance negated.
// reads: records, tile lists, background; writes: color, transmittance, stops, depth when asked for
import {
  ALPHA_CUT_INVERSE, ALPHA_MAX, C_BACKGROUND_IMAGE, C_DEPTH, C_HEIGHT, C_TILES_X, C_WIDTH, D_BACKGROUND, P_BACKGROUND, P_COLOR, P_DEPTH, P_RECORDS,
  P_STOPS, P_TILE_ENTRIES, P_TILE_STARTS, P_TRANSMITTANCE, R_BLUE, R_CUT, R_DEPTH, R_EXTENT_Y, R_GREEN, R_INVERSE_L11, R_L11, R_L21, R_L22, R_LOG2_OPACITY,
  R_MX, R_MY, R_RED, RECORD_BYTES, S_BLUE, S_DEPTH, S_GREEN, S_RED, S_STOPS, S_TRANSMITTANCE, STOP_NEVER, TILE, TRANSMITTANCE_STOP,
} from './layout';
import { address, exp2x4 } from './math.as';

/** Returns the number of quads evaluated. */
export function forwardTile(tile: i32, scratch: usize): i32 {
  const width = load<i32>(C_WIDTH), height = load<i32>(C_HEIGHT), tilesX = load<i32>(C_TILES_X);
  const ox = (tile % tilesX) * TILE, oy = (tile / tilesX) * TILE;
  const columns = min(TILE, width - ox), rows = min(TILE, height - oy);
  memory.fill(scratch, 0, S_STOPS);
  for (let p: usize = 0; p < 1024; p += 16) {
    v128.store(scratch + p, f32x4.splat(1), S_TRANSMITTANCE);
    v128.store(scratch + p, i32x4.splat(STOP_NEVER), S_STOPS);
  }
  if (columns < TILE || rows < TILE) {
    for (let y = 0; y < TILE; y++) for (let x = 0; x < TILE; x++) {
      if (x >= columns || y >= rows) store<f32>(scratch + (<usize>(y * TILE + x) << 2), -1, S_TRANSMITTANCE);
    }
  }
  const start = load<i32>(address(P_TILE_STARTS) + (<usize>tile << 2)), end = load<i32>(address(P_TILE_STARTS) + (<usize>tile << 2), 4);
  const quads = load<i32>(C_DEPTH) != 0
    ? blend(start, end, ox, oy, columns * rows, scratch, true)
    : blend(start, end, ox, oy, columns * rows, scratch, false);
  writeTile(ox, oy, columns, rows, width, scratch);
  return quads;
}

@inline
function blend(start: i32, end: i32, ox: i32, oy: i32, live: i32, scratch: usize, depth: bool): i32 {
  const list = address(P_TILE_ENTRIES), records = address(P_RECORDS);
  const fx0 = <f32>ox + 0.5, fy0 = <f32>oy + 0.5;
  const ramp = f32x4(0, 1, 2, 3);
  const cutInverse = f32x4.splat(<f32>(1.0 / <f64>ALPHA_CUT_INVERSE));
  const alphaMax = f32x4.splat(<f32>ALPHA_MAX), stopAt = f32x4.splat(<f32>TRANSMITTANCE_STOP);
  const one = f32x4.splat(1);
  let quads = 0;
  for (let e = start; e < end; e++) {
    const record = records + <usize>load<i32>(list + (<usize>e << 3)) * RECORD_BYTES;
    // centre relative to the centre of the tile's first pixel
    const mx = load<f32>(record, R_MX) - fx0, my = load<f32>(record, R_MY) - fy0;
    const extent = load<f32>(record, R_EXTENT_Y), cut = load<f32>(record, R_CUT);
    const top = <i32>max<f32>(0, ceil<f32>(my - extent)), bottom = <i32>min<f32>(<f32>(TILE - 1), floor<f32>(my + extent));
    const l21 = load<f32>(record, R_L21), l22 = load<f32>(record, R_L22), inverse = load<f32>(record, R_INVERSE_L11);
    const log2Opacity = load<f32>(record, R_LOG2_OPACITY);
    const l11 = v128.load32_splat(record, R_L11);
    const red = v128.load32_splat(record, R_RED), green = v128.load32_splat(record, R_GREEN), blue = v128.load32_splat(record, R_BLUE);
    const z = v128.load32_splat(record, R_DEPTH);
    const dx0 = f32x4.sub(ramp, f32x4.splat(mx));
    for (let y = top; y <= bottom; y++) {
      const dy = <f32>y - my, v = l22 * dy, w = l21 * dy;
      const left = cut - v * v;
      if (left < 0) continue;
      const half = sqrt<f32>(left);
      const from = <i32>max<f32>(0, ceil<f32>(mx - (w + half) * inverse)), to = <i32>min<f32>(<f32>(TILE - 1), floor<f32>(mx - (w - half) * inverse));
      const shear = f32x4.splat(w), height = f32x4.splat(log2Opacity - v * v);
      for (let x = from & ~3; x <= to; x += 4) {
        const at = scratch + (<usize>(y * TILE + x) << 2);
        quads++;
        const t = v128.load(at, S_TRANSMITTANCE);
        const u = f32x4.relaxed_madd(l11, f32x4.add(dx0, f32x4.splat(<f32>x)), shear);
        const alpha = f32x4.pmin(alphaMax, exp2x4(f32x4.relaxed_nmadd(u, u, height)));
        const seen = f32x4.ge(alpha, cutInverse);
        const after = f32x4.mul(t, f32x4.sub(one, alpha));
        const drawn = v128.and(seen, f32x4.ge(after, stopAt));
        const weight = v128.and(drawn, f32x4.mul(t, alpha));
        v128.store(at, f32x4.relaxed_madd(weight, red, v128.load(at, S_RED)), S_RED);
        v128.store(at, f32x4.relaxed_madd(weight, green, v128.load(at, S_GREEN)), S_GREEN);
        v128.store(at, f32x4.relaxed_madd(weight, blue, v128.load(at, S_BLUE)), S_BLUE);
        if (depth) v128.store(at, f32x4.relaxed_madd(weight, z, v128.load(at, S_DEPTH)), S_DEPTH);
        const stopping = v128.and(v128.andnot(seen, drawn), f32x4.gt(t, f32x4.splat(0)));
        v128.store(at, v128.bitselect(after, t, drawn), S_TRANSMITTANCE);
        if (v128.any_true(stopping)) {
          v128.store(at, v128.bitselect(f32x4.neg(t), v128.load(at, S_TRANSMITTANCE), stopping), S_TRANSMITTANCE);
          v128.store(at, v128.bitselect(i32x4.splat(e), v128.load(at, S_STOPS), stopping), S_STOPS);
          live -= popcnt(i32x4.bitmask(stopping));
        }
      }
    }
    if (live == 0) break;
  }
  return quads;
}

function writeTile(ox: i32, oy: i32, columns: i32, rows: i32, width: i32, scratch: usize): void {
  const image = load<i32>(C_BACKGROUND_IMAGE) != 0, depth = load<i32>(C_DEPTH) != 0;
  let red = <f32>load<f64>(D_BACKGROUND), green = <f32>load<f64>(D_BACKGROUND, 8), blue = <f32>load<f64>(D_BACKGROUND, 16);
  for (let y = 0; y < rows; y++) {
    const first = <usize>((oy + y) * width + ox);
    let color = address(P_COLOR) + first * 12, transmittance = address(P_TRANSMITTANCE) + (first << 2), stops = address(P_STOPS) + (first << 2);
    let background = address(P_BACKGROUND) + first * 12, depths = address(P_DEPTH) + (first << 2);
    let from = scratch + (<usize>(y * TILE) << 2);
    for (let x = 0; x < columns; x++) {
      const t = abs<f32>(load<f32>(from, S_TRANSMITTANCE));
      if (image) {
        red = load<f32>(background);
        green = load<f32>(background, 4);
        blue = load<f32>(background, 8);
        background += 12;
      }
      store<f32>(color, load<f32>(from, S_RED) + t * red);
      store<f32>(color, load<f32>(from, S_GREEN) + t * green, 4);
      store<f32>(color, load<f32>(from, S_BLUE) + t * blue, 8);
      store<f32>(transmittance, t);
      store<i32>(stops, load<i32>(from, S_STOPS));
      if (depth) {
        store<f32>(depths, load<f32>(from, S_DEPTH));
        depths += 4;
      }
      color += 12;
      transmittance += 4;
      stops += 4;
      from += 4;
    }
  }
}
