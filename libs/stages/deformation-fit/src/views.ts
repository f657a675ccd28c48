import { regionIndex } from '@soliloquy/gaussian-cloud';
import { scaleCamera, type Camera, type Gaussians, type RegionName } from '@soliloquy/ports';
import { areaResize } from './area-resize.ts';

/** A window on the clip: part of the picture at some resolution. */
export interface View {
  readonly camera: Camera;
  /** share of the whole picture: left, top, right, bottom, 0 … 1 */
  readonly box: readonly [number, number, number, number];
}

const FACE: readonly RegionName[] = ['upperFace', 'jaw', 'upperLip', 'lowerLip', 'leftEyelid', 'rightEyelid'];

/** The whole picture. */
export function wholeView(camera: Camera, width: number, height: number): View {
  return { camera: scaleCamera(camera, width, height), box: [0, 0, 1, 1] };
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
  const { camera, means, regions, count } = gaussians;
  const face = new Set(FACE.map(regionIndex));
  let [left, top, right, bottom] = [1, 1, 0, 0];
  for (let n = 0; n < count; n++) {
    if (!face.has(regions[n])) continue;
    const x = ((camera.fx * means[n * 3]) / means[n * 3 + 2] + camera.cx) / camera.width;
    const y = ((camera.fy * means[n * 3 + 1]) / means[n * 3 + 2] + camera.cy) / camera.height;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  if (right <= left || bottom <= top) return undefined;
  const margin = 0.15;
  const [dx, dy] = [margin * (right - left), margin * (bottom - top)];
  // Whole pixels of the clip, so that cutting out needs no resampling.
  const x0 = Math.max(0, Math.floor((left - dx) * clip.width));
  const y0 = Math.max(0, Math.floor((top - dy) * clip.height));
  const x1 = Math.min(clip.width, Math.ceil((right + dx) * clip.width));
  const y1 = Math.min(clip.height, Math.ceil((bottom + dy) * clip.height));
  const shrink = Math.min(1, Math.sqrt(largest / ((x1 - x0) * (y1 - y0))));
  const width = Math.max(8, Math.round((x1 - x0) * shrink));
  const height = Math.max(8, Math.round((y1 - y0) * shrink));
  if (shrink * clip.width <= whole.camera.width * 1.2) return undefined;
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
