/** A rectangle of a film, film pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A small picture of a part of a film, each of whose pixels is the mean of what it covers. */
export interface FilmView {
  /** pixels */
  readonly width: number;
  readonly height: number;
  /**
   * @param rgba u8 [H, W, 4] a frame of the film
   * @param into f32 [height, width, 3] written: sRGB 0 … 1
   */
  take(rgba: Uint8ClampedArray, into: Float32Array): void;
}

/** Which pixels along one axis a cell covers, and how much of each. */
interface Cover {
  readonly from: number;
  readonly shares: Float64Array;
}

/**
 * @param film pixels of the whole film
 * @param box  what is seen; its border is repeated beyond the film's
 * @param size pixels of the view
 */
export function filmView(
  film: { readonly width: number; readonly height: number },
  box: Box,
  size: { readonly width: number; readonly height: number },
): FilmView {
  const columns = coverOf(box.left, box.width, { cells: size.width, limit: film.width });
  const rows = coverOf(box.top, box.height, { cells: size.height, limit: film.height });
  const line = new Float64Array(3 * film.width);
  return {
    ...size,
    take(rgba, into) {
      rows.forEach((row, y) => {
        line.fill(0);
        row.shares.forEach((share, j) => addRow(line, rgba, { at: 4 * (row.from + j) * film.width, share }));
        columns.forEach(({ from, shares }, x) => {
          for (let c = 0; c < 3; c++) {
            let sum = 0;
            for (let i = 0; i < shares.length; i++) sum += shares[i] * line[3 * (from + i) + c];
            into[3 * (y * size.width + x) + c] = sum;
          }
        });
      });
    },
  };
}

function addRow(
  line: Float64Array,
  rgba: Uint8ClampedArray,
  { at, share }: { readonly at: number; readonly share: number },
): void {
  for (let x = 0; 3 * x < line.length; x++)
    for (let c = 0; c < 3; c++) line[3 * x + c] += (share * rgba[at + 4 * x + c]) / 255;
}

function coverOf(
  start: number,
  length: number,
  { cells, limit }: { readonly cells: number; readonly limit: number },
): Cover[] {
  const step = length / cells;
  return Array.from({ length: cells }, (_, cell) => {
    const [low, high] = [start + cell * step, start + (cell + 1) * step];
    const clamp = (at: number): number => Math.min(limit - 1, Math.max(0, at));
    const from = clamp(Math.floor(low));
    const shares = new Float64Array(clamp(Math.ceil(high) - 1) - from + 1);
    for (let at = Math.floor(low); at < high; at++)
      shares[clamp(at) - from] += (Math.min(high, at + 1) - Math.max(low, at)) / step;
    return { from, shares };
  });
}
