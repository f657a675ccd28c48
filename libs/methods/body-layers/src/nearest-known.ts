/**
 * For each pixel the index of about the nearest that is known (two passes that carry vectors, Danielsson 1980);
 * −1 where none is.
 *
 * @param known u8 [height, width]
 */
export function nearestKnown(known: Uint8Array, width: number, height: number): Int32Array {
  const nearest = new Int32Array(known.length);
  for (let i = 0; i < nearest.length; i++) nearest[i] = known[i] ? i : -1;
  // Squared distance of each pixel to what is nearest so far.
  const far = new Float64Array(known.length).fill(Infinity);
  for (let i = 0; i < far.length; i++) if (known[i]) far[i] = 0;

  function relax(i: number, x: number, y: number, from: number): void {
    const other = nearest[from];
    if (other < 0) return;
    const otherY = Math.floor(other / width);
    const dx = x - (other - otherY * width);
    const dy = y - otherY;
    const distance = dx * dx + dy * dy;
    if (distance >= far[i]) return;
    far[i] = distance;
    nearest[i] = other;
  }
  function row(y: number, step: 1 | -1): void {
    const before = y - step;
    const first = step > 0 ? 0 : width - 1;
    const last = width - 1 - first;
    for (let x = first; x >= 0 && x < width; x += step) {
      const i = y * width + x;
      if (known[i]) continue;
      if (x !== first) relax(i, x, y, i - step);
      if (before < 0 || before >= height) continue;
      const above = before * width + x;
      if (x > 0) relax(i, x, y, above - 1);
      relax(i, x, y, above);
      if (x < width - 1) relax(i, x, y, above + 1);
    }
    for (let x = last - step; x >= 0 && x < width; x -= step) {
      const i = y * width + x;
      if (!known[i]) relax(i, x, y, i + step);
    }
  }
  for (let y = 0; y < height; y++) row(y, 1);
  for (let y = height - 1; y >= 0; y--) row(y, -1);
  return nearest;
}
