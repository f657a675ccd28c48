import { LID_NAMES, regionIndex } from '@soliloquy/gaussian-cloud';
import { scaleCamera, type Camera, type Gaussians, type RegionName } from '@soliloquy/ports';
import { areaResize } from './area-resize.ts';

/** A window on the clip: part of the picture at some resolution. */
export interface View {
  readonly camera: Camera;
  /** share of the whole picture: left, top, right, bottom, 0 … 1 */
  readonly box: readonly [number, number, number, number];
  /** Whether Gauss-Newton steps look at it; the search for the lids looks at one of its own. */
  readonly stepped: boolean;
}

const FACE: readonly RegionName[] = ['upperFace', 'jaw', 'upperLip', 'lowerLip', ...LID_NAMES];

/** The whole picture. */
export function wholeView(camera: Camera, width: number, height: number): View {
  return { camera: scaleCamera(camera, width, height), box: [0, 0, 1, 1], stepped: true };
}

/**
 * The face at up to the clip's own resolution: in the whole body's view a mouth is two pixels high.
 *
 * @param clip    pixels of the clip, which the view does not exceed
 * @param largest pixels of the view
 * @returns       undefined where no Gaussian is of the face, or the whole view shows it as well
 */
export function faceView(
  gaussians: Gaussians,
  clip: { width: number; height: number },
  largest: number,
  whole: View,
): View | undefined {
  const view = viewOf(boxOf(gaussians, FACE, { above: 0.15, below: 0.15, beside: 0.15 }), gaussians, clip, largest);
  return view && view.camera.fx > whole.camera.fx * 1.2 ? { ...view, stepped: true } : undefined;
}

/**
 * Both eyes, as finely as the face: the lids at rest, what they cover when they shut, and room for a head that moves.
 *
 * @returns undefined where no Gaussian is of a lid
 */
export function eyesView(
  gaussians: Gaussians,
  clip: { width: number; height: number },
  largest: number,
): View | undefined {
  const view = viewOf(boxOf(gaussians, LID_NAMES, { above: 1, below: 2, beside: 0.15 }), gaussians, clip, largest);
  return view && { ...view, stepped: false };
}

type Box = readonly [left: number, top: number, right: number, bottom: number];

/** Share of the picture that the Gaussians of some regions take, with margins in shares of its sides. */
function boxOf(
  { camera, means, regions, count }: Gaussians,
  names: readonly RegionName[],
  { above, below, beside }: { readonly above: number; readonly below: number; readonly beside: number },
): Box | undefined {
  const wanted = new Set(names.map(regionIndex));
  let [left, top, right, bottom] = [1, 1, 0, 0];
  for (let n = 0; n < count; n++) {
    if (!wanted.has(regions[n])) continue;
    const x = ((camera.fx * means[n * 3]) / means[n * 3 + 2] + camera.cx) / camera.width;
    const y = ((camera.fy * means[n * 3 + 1]) / means[n * 3 + 2] + camera.cy) / camera.height;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  if (right <= left || bottom <= top) return undefined;
  const [dx, dy] = [right - left, bottom - top];
  return [left - beside * dx, top - above * dy, right + beside * dx, bottom + below * dy];
}

/** A box of the picture at up to the clip's own resolution. */
function viewOf(
  box: Box | undefined,
  { camera }: Gaussians,
  clip: { width: number; height: number },
  largest: number,
): Omit<View, 'stepped'> | undefined {
  if (!box) return undefined;
  // Whole pixels of the clip, so that cutting out needs no resampling.
  const x0 = Math.max(0, Math.floor(box[0] * clip.width));
  const y0 = Math.max(0, Math.floor(box[1] * clip.height));
  const x1 = Math.min(clip.width, Math.ceil(box[2] * clip.width));
  const y1 = Math.min(clip.height, Math.ceil(box[3] * clip.height));
  if (x1 <= x0 || y1 <= y0) return undefined;
  const shrink = Math.min(1, Math.sqrt(largest / ((x1 - x0) * (y1 - y0))));
  const width = Math.max(8, Math.round((x1 - x0) * shrink));
  const height = Math.max(8, Math.round((y1 - y0) * shrink));
  const cut = scaleCamera(camera, clip.width, clip.height);
  return {
    camera: scaleCamera({ ...cut, width: x1 - x0, height: y1 - y0, cx: cut.cx - x0, cy: cut.cy - y0 }, width, height),
    box: [x0 / clip.width, y0 / clip.height, x1 / clip.width, y1 / clip.height],
  };
}

/**
 * What a view shows of a picture.
 *
 * @param source u8 [H, W, channels]
 * @returns      f32 [h, w, take] of the view's size, 0 … 1
 */
export function cutView(
  view: View,
  source: Uint8ClampedArray,
  width: number,
  height: number,
  channels: number,
  take: number,
): Float32Array {
  const [left, top, right, bottom] = view.box;
  const x0 = Math.round(left * width);
  const y0 = Math.round(top * height);
  const w = Math.max(1, Math.round(right * width) - x0);
  const h = Math.max(1, Math.round(bottom * height) - y0);
  let part = source;
  if (w !== width || h !== height) {
    part = new Uint8ClampedArray(w * h * channels);
    for (let y = 0; y < h; y++)
      part.set(
        source.subarray(((y0 + y) * width + x0) * channels, ((y0 + y) * width + x0 + w) * channels),
        y * w * channels,
      );
  }
  const out = new Float32Array(view.camera.width * view.camera.height * take);
  areaResize(part, w, h, channels, out, view.camera.width, view.camera.height, take);
  return out;
}
