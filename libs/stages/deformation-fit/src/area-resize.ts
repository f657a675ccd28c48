/**
 * Shrinks by averaging the area that each pixel of the result covers: what a coarser camera would have seen.
 *
 * @param source   u8 [H, W, channels], of which the first `take` channels are used
 * @param into     f32 [h, w, take], filled, 0 … 1
 */
export function areaResize(source: ArrayLike<number>, width: number, height: number, channels: number, into: Float32Array, toWidth: number, toHeight: number, take: number): void {
  const sx = width / toWidth;
  const sy = height / toHeight;
  const columns = spans(toWidth, sx, width);
  const rows = spans(toHeight, sy, height);
  const band = new Float64Array(width * take);
  const scale = 1 / (255 * sx * sy);
  for (let y = 0; y < toHeight; y++) {
    band.fill(0);
    for (let k = rows.first[y]; k <= rows.last[y]; k++) {
      const weight = Math.min(k + 1, (y + 1) * sy) - Math.max(k, y * sy);
      for (let x = 0; x < width; x++) for (let c = 0; c < take; c++) band[x * take + c] += weight * source[(k * width + x) * channels + c];
    }
    for (let x = 0; x < toWidth; x++) {
      for (let c = 0; c < take; c++) {
        let sum = 0;
        for (let k = columns.first[x]; k <= columns.last[x]; k++) sum += (Math.min(k + 1, (x + 1) * sx) - Math.max(k, x * sx)) * band[k * take + c];
        into[(y * toWidth + x) * take + c] = sum * scale;
      }
    }
  }
}

function spans(count: number, step: number, size: number): { first: Int32Array; last: Int32Array } {
  const first = Int32Array.from({ length: count }, (_, i) => Math.floor(i * step + 1e-9));
  const last = Int32Array.from({ length: count }, (_, i) => Math.min(size - 1, Math.ceil((i + 1) * step - 1e-9) - 1));
  return { first, last };
}
