// Walk one tile back to front and gather what it adds to the gradient of each of its Gaussians.
// With B the share of dL that lies behind (background included) and g = dL/dcolor:
//   dL/dα_i = T_i (c_i · g) - B_i / (1 - α_i),   B_{i-1} = B_i + T_i α_i (c_i · g),   dL/dc_i = T_i α_i g
// The sums stay in registers for one (tile, Gaussian) and are stored under the entry's own number, so that whoever adds
// them up later does so in one fixed order whatever the threads did.
// reads: records, tile lists, transmittance, stops, gradients; writes: moments of every entry of the tile
import {
  C_BACKGROUND_IMAGE,
  C_HAS_DEPTH_GRADIENT,
  C_HAS_TRANSMITTANCE_GRADIENT,
  C_HEIGHT,
  C_TILES_X,
  C_WIDTH,
  D_BACKGROUND,
  K_ALPHA_CUT,
  K_ALPHA_MAX,
  K_ONE,
  M_BLUE,
  MOMENT_BYTES,
  P_BACKGROUND,
  P_COLOR_GRADIENT,
  P_DEPTH_GRADIENT,
  P_MOMENTS,
  P_RECORDS,
  P_STOPS,
  P_TILE_ENTRIES,
  P_TILE_STARTS,
  P_TRANSMITTANCE,
  P_TRANSMITTANCE_GRADIENT,
  R_BLUE,
  R_DEPTH,
  R_GREEN,
  R_L11,
  R_MX,
  R_MY,
  R_RED,
  RECORD_BYTES,
  S_BEHIND,
  S_BLUE,
  S_DEPTH_GRADIENT,
  S_GREEN,
  S_RED,
  S_ROW_DY,
  S_ROW_HEIGHT,
  S_ROW_SHEAR,
  S_STOPS,
  S_TRANSMITTANCE,
  TILE,
} from '../layout';
import { address, exp2x4, madd, nmadd, sumsOf4 } from './math.as';
import { blueOf, greenOf, redOf } from './rgb-quads.as';
import { columnsOf, pixelOffset, prepareRamp, rowOf, touchedQuads } from './quads.as';

export function backwardTile(tile: i32, scratch: usize): void {
  const width = load<i32>(C_WIDTH),
    height = load<i32>(C_HEIGHT),
    tilesX = load<i32>(C_TILES_X);
  const ox = (tile % tilesX) * TILE,
    oy = (tile / tilesX) * TILE;
  const start = load<i32>(address(P_TILE_STARTS) + ((<usize>tile) << 2)),
    end = load<i32>(address(P_TILE_STARTS) + ((<usize>tile) << 2), 4);
  if (start == end) return;
  const used = readTile(ox, oy, min(TILE, width - ox), min(TILE, height - oy), width, scratch);
  walk(start, end, used, ox, oy, scratch);
}

@inline
function walk(start: i32, end: i32, used: i32, ox: i32, oy: i32, scratch: usize): void {
  const depth = load<i32>(C_HAS_DEPTH_GRADIENT) != 0;
  const list = address(P_TILE_ENTRIES),
    records = address(P_RECORDS),
    moments = address(P_MOMENTS);
  const fx0 = <f32>ox + 0.5,
    fy0 = <f32>oy + 0.5;
  const one = v128.load(K_ONE),
    zero = f32x4.splat(0);
  const cutInverse = v128.load(K_ALPHA_CUT),
    alphaMax = v128.load(K_ALPHA_MAX);

  for (let e = end - 1; e >= start; e--) {
    const out = moments + <usize>load<i32>(list + ((<usize>e) << 3), 4) * MOMENT_BYTES;
    if (e >= used) {
      // every pixel stopped before this one
      v128.store(out, zero);
      v128.store(out, zero, 16);
      v128.store(out, zero, 32);
      continue;
    }
    const record = records + <usize>load<i32>(list + ((<usize>e) << 3)) * RECORD_BYTES;
    const mx = load<f32>(record, R_MX) - fx0;
    let touched = touchedQuads(record, mx, load<f32>(record, R_MY) - fy0, scratch);
    const l11 = v128.load32_splat(record, R_L11),
      centre = f32x4.splat(mx),
      entry = i32x4.splat(e);
    const red = v128.load32_splat(record, R_RED),
      green = v128.load32_splat(record, R_GREEN),
      blue = v128.load32_splat(record, R_BLUE);
    let sumV = zero,
      sumVX = zero,
      sumVY = zero,
      sumVXX = zero,
      sumVXY = zero,
      sumVYY = zero;
    let sumRed = zero,
      sumGreen = zero,
      sumBlue = zero,
      sumDepth = zero;
    const z = v128.load32_splat(record, R_DEPTH);
    while (touched != 0) {
      const b = <usize>ctz(touched);
      touched &= touched - 1;
      const at = scratch + (b << 4),
        row = rowOf(b, scratch);
      const x = columnsOf(b, scratch);
      const u = madd(l11, x, v128.load32_splat(row, S_ROW_SHEAR));
      const raw = exp2x4(nmadd(u, u, v128.load32_splat(row, S_ROW_HEIGHT)));
      const alpha = f32x4.pmin(alphaMax, raw);
      const drawn = v128.and(f32x4.ge(alpha, cutInverse), i32x4.lt_s(entry, v128.load(at, S_STOPS)));
      const t = v128.load(at, S_TRANSMITTANCE),
        behind = v128.load(at, S_BEHIND);
      const gRed = v128.load(at, S_RED),
        gGreen = v128.load(at, S_GREEN),
        gBlue = v128.load(at, S_BLUE);
      const open = f32x4.div(one, f32x4.sub(one, alpha));
      const before = f32x4.mul(t, open);
      const weight = v128.and(drawn, f32x4.mul(before, alpha));
      let toward = madd(blue, gBlue, madd(green, gGreen, f32x4.mul(red, gRed)));
      if (depth) {
        const gDepth = v128.load(at, S_DEPTH_GRADIENT);
        toward = madd(z, gDepth, toward);
        sumDepth = madd(weight, gDepth, sumDepth);
      }
      v128.store(at, f32x4.add(t, weight), S_TRANSMITTANCE);
      v128.store(at, madd(weight, toward, behind), S_BEHIND);
      sumRed = madd(weight, gRed, sumRed);
      sumGreen = madd(weight, gGreen, sumGreen);
      sumBlue = madd(weight, gBlue, sumBlue);
      // dL/dσ = -α dL/dα where α is not clamped: α (B / (1 - α) - T (c · g))
      const slope = f32x4.mul(raw, f32x4.mul(open, nmadd(t, toward, behind)));
      const dv = v128.and(v128.and(drawn, f32x4.lt(raw, alphaMax)), slope);
      const dx = f32x4.sub(x, centre),
        dy = v128.load32_splat(row, S_ROW_DY);
      const dvx = f32x4.mul(dv, dx),
        dvy = f32x4.mul(dv, dy);
      sumV = f32x4.add(sumV, dv);
      sumVX = f32x4.add(sumVX, dvx);
      sumVY = f32x4.add(sumVY, dvy);
      sumVXX = madd(dvx, dx, sumVXX);
      sumVXY = madd(dvx, dy, sumVXY);
      sumVYY = madd(dvy, dy, sumVYY);
    }
    v128.store(out, sumsOf4(sumV, sumVX, sumVY, sumVXX));
    v128.store(out, sumsOf4(sumVXY, sumVYY, sumRed, sumGreen), 16);
    v128.store(out, sumsOf4(sumBlue, sumDepth, zero, zero), M_BLUE);
  }
}

/** Loads the pixels' state; returns the entry behind the last one that any pixel drew. */
function readTile(ox: i32, oy: i32, columns: i32, rows: i32, width: i32, scratch: usize): i32 {
  const image = load<i32>(C_BACKGROUND_IMAGE) != 0,
    hasT = load<i32>(C_HAS_TRANSMITTANCE_GRADIENT) != 0,
    hasDepth = load<i32>(C_HAS_DEPTH_GRADIENT) != 0;
  let red = f32x4.splat(<f32>load<f64>(D_BACKGROUND)),
    green = f32x4.splat(<f32>load<f64>(D_BACKGROUND, 8)),
    blue = f32x4.splat(<f32>load<f64>(D_BACKGROUND, 16));
  let last = i32x4.splat(0);
  // pixels outside the image have stopped at entry 0
  memory.fill(scratch, 0, S_BEHIND + 1024);
  prepareRamp(scratch);
  for (let y = 0; y < rows; y++) {
    const row = <usize>((oy + y) * width + ox);
    for (let x = 0; x < columns; x += 4) {
      // what the last quad reads beyond the row is another's, and the buffers are never the last in memory
      const inside = i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(columns - x));
      const pixel = row + <usize>x,
        to = scratch + pixelOffset(x, y),
        gradient = address(P_COLOR_GRADIENT) + pixel * 12;
      const t = v128.and(inside, v128.load(address(P_TRANSMITTANCE) + (pixel << 2))),
        stop = v128.and(inside, v128.load(address(P_STOPS) + (pixel << 2)));
      const g0 = v128.load(gradient),
        g1 = v128.load(gradient, 16),
        g2 = v128.load(gradient, 32);
      const gRed = v128.and(inside, redOf(g0, g1, g2)),
        gGreen = v128.and(inside, greenOf(g0, g1, g2)),
        gBlue = v128.and(inside, blueOf(g0, g1, g2));
      if (image) {
        const background = address(P_BACKGROUND) + pixel * 12;
        const b0 = v128.load(background),
          b1 = v128.load(background, 16),
          b2 = v128.load(background, 32);
        red = redOf(b0, b1, b2);
        green = greenOf(b0, b1, b2);
        blue = blueOf(b0, b1, b2);
      }
      let behind = f32x4.add(f32x4.add(f32x4.mul(red, gRed), f32x4.mul(green, gGreen)), f32x4.mul(blue, gBlue));
      if (hasT) behind = f32x4.add(behind, v128.load(address(P_TRANSMITTANCE_GRADIENT) + (pixel << 2)));
      if (hasDepth)
        v128.store(to, v128.and(inside, v128.load(address(P_DEPTH_GRADIENT) + (pixel << 2))), S_DEPTH_GRADIENT);
      last = i32x4.max_s(last, stop);
      v128.store(to, t, S_TRANSMITTANCE);
      v128.store(to, gRed, S_RED);
      v128.store(to, gGreen, S_GREEN);
      v128.store(to, gBlue, S_BLUE);
      v128.store(to, stop, S_STOPS);
      v128.store(to, v128.and(inside, f32x4.mul(behind, t)), S_BEHIND);
    }
  }
  return max(
    max(i32x4.extract_lane(last, 0), i32x4.extract_lane(last, 1)),
    max(i32x4.extract_lane(last, 2), i32x4.extract_lane(last, 3)),
  );
}
