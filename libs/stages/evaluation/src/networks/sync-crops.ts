import { resizeBytes, type Pixels } from './sample-pixels.ts';

/** The box of a face in one frame, pixels. */
export interface FaceBox {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** Half the side of a box and its centre, pixels. */
export interface CropPlace {
  readonly x: number;
  readonly y: number;
  readonly half: number;
}

/** pixels of a crop's side */
export const CROP_SIDE = 224;
/** How far a crop goes beyond the box, in half sides. */
const MARGIN = 0.4;
/** What lies outside the picture. */
const GREY = 110;
const MEDIAN_FRAMES = 13;

/** Where the crops of a film lie: the median over 13 frames of the boxes' centres and larger half sides. */
export function cropPlaces(boxes: readonly FaceBox[]): CropPlace[] {
  const half = medianFilter(boxes.map(({ x0, y0, x1, y1 }) => Math.max(y1 - y0, x1 - x0) / 2));
  const x = medianFilter(boxes.map(({ x0, x1 }) => (x0 + x1) / 2));
  const y = medianFilter(boxes.map(({ y0, y1 }) => (y0 + y1) / 2));
  return boxes.map((_, i) => ({ x: x[i], y: y[i], half: half[i] }));
}

/** As SciPy's `medfilt`: zeros stand for what lies before and after. */
function medianFilter(values: readonly number[]): number[] {
  const reach = (MEDIAN_FRAMES - 1) / 2;
  return values.map((_, i) => {
    const window = Array.from({ length: MEDIAN_FRAMES }, (_unused, k) => values[i + k - reach] ?? 0);
    return window.sort((a, b) => a - b)[reach];
  });
}

/**
 * A frame's crop as `run_pipeline.py` of syncnet_python cuts it: from half a side above the centre to 1.8 below, 1.4 to
 * either side, grey outside the picture, resized to 224².
 *
 * @returns u8 [224, 224, 4]; undefined where the place has no pixels
 */
export function cropFace(picture: Pixels, { x, y, half }: CropPlace): Pixels | undefined {
  const pad = Math.trunc(half * (1 + 2 * MARGIN));
  const [cx, cy] = [x + pad, y + pad];
  const left = Math.trunc(cx - half * (1 + MARGIN));
  const top = Math.trunc(cy - half);
  // Slices end where the padded picture does.
  const right = Math.min(picture.width + 2 * pad, Math.trunc(cx + half * (1 + MARGIN)));
  const bottom = Math.min(picture.height + 2 * pad, Math.trunc(cy + half * (1 + 2 * MARGIN)));
  const [width, height] = [right - left, bottom - top];
  if (left < 0 || top < 0 || width < 1 || height < 1) return undefined;
  const data = new Uint8Array(4 * width * height);
  for (let j = 0; j < height; j++)
    for (let i = 0; i < width; i++) {
      const [px, py] = [left + i - pad, top + j - pad];
      const isOutside = px < 0 || py < 0 || px >= picture.width || py >= picture.height;
      for (let c = 0; c < 3; c++)
        data[4 * (j * width + i) + c] = isOutside ? GREY : picture.data[4 * (py * picture.width + px) + c];
    }
  return resizeBytes({ width, height, data }, CROP_SIDE, CROP_SIDE);
}
