/**
 * Shrinks by averaging the area that each pixel of the result covers: what a coarser camera would have seen.
 *
 * @param source   u8 [H, W, channels], of which the first `take` channels are used
 * @param into     f32 [h, w, take], filled, 0 … 1
 */
export function areaResize(
  source: Uint8ClampedArray,
  width: number,
  height: number,
  channels: number,
  into: Float32Array,
  toWidth: number,
  toHeight: number,
  take: number,
): void {
  const sx = width / toWidth;
  const sy = height / toHeight;
  const columns = spans(toWidth, sx, width);
  const rows = spans(toHeight, sy, height);
  const band = new Float64Array(width * take);
  const scale = 1 / (255 * sx * sy);
  for (let y = 0; y < toHeight; y++) {
    band.fill(0);
    for (let k = rows.first[y], w = rows.start[y]; k <= rows.last[y]; k++, w++) {
      const weight = rows.weights[w];
      for (let c = 0; c < take; c++)
        for (let x = 0, i = k * width * channels + c, o = c; x < width; x++, i += channels, o += take)
          band[o] += weight * source[i];
    }
    for (let x = 0, o = y * toWidth * take; x < toWidth; x++) {
      for (let c = 0; c < take; c++, o++) {
        let sum = 0;
        for (
          let k = columns.first[x] * take + c, end = columns.last[x] * take + c, w = columns.start[x];
          k <= end;
          k += take, w++
        )
          sum += columns.weights[w] * band[k];
        into[o] = sum * scale;
      }
    }
  }
}

/**
 * For each of `count` pixels the first and last of the source that it covers, and from `start` on how much of each, in
 * pixels of the source.
 */
function spans(
  count: number,
  step: number,
  size: number,
): { first: Int32Array; last: Int32Array; start: Int32Array; weights: Float64Array } {
  const first = Int32Array.from({ length: count }, (_, i) => Math.floor(i * step + 1e-9));
  const last = Int32Array.from({ length: count }, (_, i) => Math.min(size - 1, Math.ceil((i + 1) * step - 1e-9) - 1));
  const start = new Int32Array(count);
  const weights: number[] = [];
  for (let i = 0; i < count; i++) {
    start[i] = weights.length;
    for (let k = first[i]; k <= last[i]; k++) weights.push(Math.min(k + 1, (i + 1) * step) - Math.max(k, i * step));
  }
  return { first, last, start, weights: Float64Array.from(weights) };
}
