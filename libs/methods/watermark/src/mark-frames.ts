import { videoFromFrames, type Video } from '@soliloquy/media';
import { hiddenSquare, markPattern } from './mark-tile.ts';

/** Side of the squares that the mask is taken from, pixels. */
const CELL = 8;
/** How much of SSIM a mark may cost, in hundredths, where it is not held back. */
const STRENGTH = 1.05;
/** The most that is added in busy places, levels RMS. */
const MOST = 2.4;

/** Puts one mark into one frame after another. */
export type FrameMarker = (rgba: Uint8ClampedArray) => void;

/**
 * A marker of frames: spread-spectrum in luma (Cox et al. 1997), weaker where the picture is smooth. What it adds
 * depends on the frame alone, so that still places stay still.
 *
 * @param id 16 hexadecimal digits
 * @returns a function that changes u8 [height, width, 4] sRGB RGBA in place; alpha stays
 * @throws Fault `watermark.bad-id`
 */
export function frameMarker(id: string, width: number, height: number): FrameMarker {
  const pattern = markPattern(id, width, height);
  const columns = Math.ceil(width / CELL);
  const rows = Math.ceil(height / CELL);
  const across = cellsBeside(width, columns);
  const down = cellsBeside(height, rows);
  const line = new Float32Array(columns);
  return (rgba) => {
    const cells = leastAround(cellStrengths(rgba, width, height), columns, rows);
    for (let y = 0, i = 0; y < height; y++) {
      const { first, second, share } = down[y];
      for (let c = 0; c < columns; c++)
        line[c] = cells[first * columns + c] * (1 - share) + cells[second * columns + c] * share;
      for (let x = 0; x < width; x++, i++) {
        const place = across[x];
        const add = pattern[i] * (line[place.first] * (1 - place.share) + line[place.second] * place.share);
        rgba[4 * i] += add;
        rgba[4 * i + 1] += add;
        rgba[4 * i + 2] += add;
      }
    }
  };
}

/** The film with a mark in every frame; sound and matte are as they were. Frames are marked when they are read. */
export function markFilm(film: Video, id: string): Video {
  const mark = frameMarker(id, film.width, film.height);
  return videoFromFrames(film, async function* (from, to) {
    for await (const frame of film.read(from, to)) {
      mark(frame);
      yield frame;
    }
  });
}

/** How strong the mark may be in each square, levels RMS: f32 [rows, columns]. */
function cellStrengths(rgba: Uint8ClampedArray, width: number, height: number): Float32Array {
  const columns = Math.ceil(width / CELL);
  const rows = Math.ceil(height / CELL);
  const strengths = new Float32Array(columns * rows);
  for (let row = 0, c = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, c++) {
      const x1 = Math.min(width, (column + 1) * CELL);
      const y1 = Math.min(height, (row + 1) * CELL);
      let [sum, squares, count] = [0, 0, 0];
      for (let y = row * CELL; y < y1; y++) {
        for (let x = column * CELL; x < x1; x++) {
          const p = 4 * (y * width + x);
          // BT.709 in 1/256: exact in integers.
          const luma = (54 * rgba[p] + 183 * rgba[p + 1] + 19 * rgba[p + 2]) >> 8;
          sum += luma;
          squares += luma * luma;
          count += 1;
        }
      }
      const variance = squares / count - (sum / count) ** 2;
      strengths[c] = Math.min(MOST, Math.sqrt(STRENGTH * hiddenSquare(variance)));
    }
  }
  return strengths;
}

/** Of each square and its neighbours the least: beside an edge a smooth place is still smooth. */
function leastAround(cells: Float32Array, columns: number, rows: number): Float32Array {
  return cells.map((own, i) => {
    const row = Math.floor(i / columns);
    const column = i % columns;
    let least = own;
    for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y++)
      for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x++)
        least = Math.min(least, cells[y * columns + x]);
    return least;
  });
}

/** Between which squares' middles each pixel's middle lies, and how far on the way to the second. */
function cellsBeside(pixels: number, cells: number): { first: number; second: number; share: number }[] {
  return Array.from({ length: pixels }, (_, i) => {
    const at = Math.min(cells - 1, Math.max(0, (i + 0.5) / CELL - 0.5));
    const first = Math.min(cells - 1, Math.floor(at));
    return { first, second: Math.min(cells - 1, first + 1), share: at - first };
  });
}
