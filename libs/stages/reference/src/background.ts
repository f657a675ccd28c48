import type { Image } from '@soliloquy/media';
import { boxMean, fillSmoothly, planeOf, sample, shrinkImage, smooth, type Plane } from '@soliloquy/planes';
import { withScope, type OpenCv } from './opencv.ts';

/** Longer side at which the hole is filled, pixels. */
const FILL_SIDE = 384;

/**
 * The picture without the person. The matte is grown, so that no rim of the person is left to bleed inwards; edges of
 * the room are carried a little way into the hole (fast marching, Telea 2004) and give way with depth to the smoothest
 * surface through its rim (Laplace's equation by a pyramid), which is all that can be known of what is far behind a
 * person. Pixels at `keep` and more from the matte are the picture's own.
 *
 * @param matte      f32 0 … 1, of the picture's size
 * @param hole.grow  pixels by which the matte is grown for the colours that the hole is filled with
 * @param hole.keep  the same for the pixels that are filled: fewer leave more of the picture; `grow` if left out
 */
export function fillBehind(
  cv: OpenCv,
  image: Image,
  matte: Plane,
  { grow, keep = grow }: { readonly grow: number; readonly keep?: number },
): Image {
  const scale = Math.min(1, FILL_SIDE / Math.max(image.width, image.height));
  const width = Math.max(8, Math.round(image.width * scale));
  const height = Math.max(8, Math.round(image.height * scale));
  const grown = growMatte(matte, grow);
  const hole = new Uint8Array(width * height);
  // A reduced pixel belongs to the hole if any of the pixels it stands for does.
  for (let y = 0; y < image.height; y++) {
    const row = Math.min(height - 1, Math.floor(((y + 0.5) * height) / image.height)) * width;
    for (let x = 0; x < image.width; x++)
      if (grown.data[y * image.width + x] > 0)
        hole[row + Math.min(width - 1, Math.floor(((x + 0.5) * width) / image.width))] = 1;
  }
  const small = shrinkImage(image, width, height);
  const deep = smoothFill(small, hole);
  const near = marchFill(cv, small, hole);
  const depth = depthOf(hole, width, height);
  const reach = 0.03 * Math.max(width, height);
  const channels: Plane[] = [0, 1, 2].map((c) => {
    const plane = planeOf(width, height);
    for (let i = 0; i < plane.data.length; i++) {
      const blend = Math.min(1, depth[i] / reach);
      plane.data[i] = hole[i] ? near[i * 3 + c] * (1 - blend) + deep[c].data[i] * blend : small.data[i * 4 + c];
    }
    return plane;
  });
  const filled = keep === grow ? grown : growMatte(matte, keep);
  const data = image.data.slice();
  const sx = width / image.width;
  const sy = height / image.height;
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++) {
      const at = y * image.width + x;
      const weight = filled.data[at];
      data[at * 4 + 3] = 255;
      if (weight === 0) continue;
      for (let c = 0; c < 3; c++)
        data[at * 4 + c] =
          image.data[at * 4 + c] * (1 - weight) + sample(channels[c], (x + 0.5) * sx, (y + 0.5) * sy) * weight;
    }
  }
  return { width: image.width, height: image.height, data };
}

/** 1 where the matte or its near rim is, falling to 0 at about `grow` pixels from it. */
export function growMatte(matte: Plane, grow: number): Plane {
  const solid: Plane = {
    width: matte.width,
    height: matte.height,
    data: matte.data.map((value) => (value > 0.03 ? 1 : 0)),
  };
  const radius = Math.max(1, Math.round(grow / 2));
  // A box mean above zero is a dilation by the box; its mean again is the ramp down to zero.
  const dilated = boxMean(solid, radius);
  for (let i = 0; i < dilated.data.length; i++) dilated.data[i] = dilated.data[i] > 1e-4 ? 1 : 0;
  const ramp = boxMean(dilated, radius);
  for (let i = 0; i < ramp.data.length; i++) ramp.data[i] = ramp.data[i] < 1e-3 ? 0 : Math.min(1, 2 * ramp.data[i]);
  return ramp;
}

/** The smoothest surface through the rim of the hole, one plane a color. */
function smoothFill(image: Image, hole: Uint8Array): Plane[] {
  return [0, 1, 2].map((c) => {
    const plane = planeOf(image.width, image.height);
    const known = planeOf(image.width, image.height);
    for (let i = 0; i < hole.length; i++) {
      known.data[i] = hole[i] ? 0 : 1;
      plane.data[i] = hole[i] ? 0 : image.data[i * 4 + c];
    }
    return fillSmoothly(plane, known);
  });
}

/** @returns u8 [height, width, 3] */
function marchFill(cv: OpenCv, image: Image, hole: Uint8Array): Uint8Array {
  return withScope((keep) => {
    const rgb = keep(new cv.Mat(image.height, image.width, cv.CV_8UC3));
    const mask = keep(new cv.Mat(image.height, image.width, cv.CV_8UC1));
    const out = keep(new cv.Mat());
    mask.data.set(hole.map((inside) => inside * 255));
    const colours = rgb.data;
    for (let i = 0; i < hole.length; i++) for (let c = 0; c < 3; c++) colours[i * 3 + c] = image.data[i * 4 + c];
    cv.inpaint(rgb, mask, out, 3, cv.INPAINT_TELEA);
    return Uint8Array.from(out.data);
  });
}

/**
 * About how many pixels each pixel of the hole is from its rim (two passes of a 3-4 chamfer distance, Borgefors 1986).
 * The picture's edge is no rim.
 */
function depthOf(hole: Uint8Array, width: number, height: number): Float32Array {
  const far = 3 * (width + height);
  const depth = Float32Array.from(hole, (inside) => (inside ? far : 0));
  const relax = (x: number, y: number, steps: readonly (readonly [number, number, number])[]) => {
    const at = y * width + x;
    for (const [i, j, cost] of steps) {
      if (x + i < 0 || x + i >= width || y + j < 0 || y + j >= height) continue;
      depth[at] = Math.min(depth[at], depth[at + j * width + i] + cost);
    }
  };
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      relax(x, y, [
        [-1, 0, 3],
        [0, -1, 3],
        [-1, -1, 4],
        [1, -1, 4],
      ]);
  for (let y = height - 1; y >= 0; y--)
    for (let x = width - 1; x >= 0; x--)
      relax(x, y, [
        [1, 0, 3],
        [0, 1, 3],
        [1, 1, 4],
        [-1, 1, 4],
      ]);
  const soft = smooth({ width, height, data: depth }, 1);
  return soft.data.map((value) => value / 3);
}
