/**
 * For each pixel the index of about the nearest that is known (two passes that carry vectors, Danielsson 1980);
 * −1 where none is.
 *
 * @param known u8 [height, width]
 */
export function nearestKnown(known: Uint8Array, width: number, height: number): Int32Array {
  const nearest = Int32Array.from(known, (is, i) => (is ? i : -1));
  const far = (from: number, to: number): number => {
    const dx = (from % width) - (to % width);
    const dy = Math.floor(from / width) - Math.floor(to / width);
    return dx * dx + dy * dy;
  };
  const relax = (i: number, x: number, y: number): void => {
    if (x < 0 || x >= width || y < 0 || y >= height) return;
    const other = nearest[y * width + x];
    if (other >= 0 && (nearest[i] < 0 || far(i, other) < far(i, nearest[i]))) nearest[i] = other;
  };
  const sweep = (rows: readonly number[], step: 1 | -1): void => {
    for (const y of rows) {
      for (let k = 0; k < width; k++) {
        const x = step > 0 ? k : width - 1 - k;
        const i = y * width + x;
        if (known[i]) continue;
        relax(i, x - step, y);
        for (let d = -1; d <= 1; d++) relax(i, x + d, y - step);
      }
      for (let k = 0; k < width; k++) {
        const x = step > 0 ? width - 1 - k : k;
        if (!known[y * width + x]) relax(y * width + x, x + step, y);
      }
    }
  };
  const rows = Array.from({ length: height }, (_, y) => y);
  sweep(rows, 1);
  sweep(rows.reverse(), -1);
  return nearest;
}
