import { premultipliedPlanes, type Planes } from '@soliloquy/image-kernels';
import { resizeImage, type Image } from '@soliloquy/media';
import type { BodyLayer } from './body-layers.ts';
import type { Box } from './box.ts';
import type { ToSource } from './layer-raster.ts';

/** Clear pixels around each piece, so that none is sampled into another. */
const MARGIN = 4;

/** Layers below each other in one picture, that one gather samples. */
export interface LayerSource {
  /** premultiplied */
  readonly planes: Planes;
  /** of each layer */
  readonly places: readonly ToSource[];
}

/** @param scale pixels of the source for one of the layers' */
export async function layerSource(layers: readonly Pick<BodyLayer, 'image'>[], scale: number): Promise<LayerSource> {
  const boxes = layers.map(({ image }) => coveredBox(image));
  const pieces = await Promise.all(
    layers.map(({ image }, i) => {
      const { x, y, width, height } = boxes[i];
      return resizeImage(cut(image, boxes[i], { x, y }), scale * width, scale * height, { colours: 'weighted' });
    }),
  );
  const width = Math.max(...pieces.map((piece) => piece.width)) + 2 * MARGIN;
  const height = pieces.reduce((sum, piece) => sum + piece.height + MARGIN, MARGIN);
  const data = new Uint8ClampedArray(4 * width * height);
  let top = MARGIN;
  const places = pieces.map((piece, i): ToSource => {
    for (let row = 0; row < piece.height; row++)
      data.set(
        piece.data.subarray(4 * row * piece.width, 4 * (row + 1) * piece.width),
        4 * ((top + row) * width + MARGIN),
      );
    const place = { scale, left: scale * boxes[i].x - MARGIN, top: scale * boxes[i].y - top };
    top += piece.height + MARGIN;
    return place;
  });
  return { planes: premultipliedPlanes(data, width, height), places };
}

/** What a layer covers, and two clear pixels around it. */
function coveredBox({ width, height, data }: Image): Box {
  let [left, right, top, bottom] = [width, 0, height, 0];
  for (let i = 0; i < width * height; i++) {
    if (data[4 * i + 3] === 0) continue;
    const [x, y] = [i % width, Math.floor(i / width)];
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
  }
  if (left > right) return { x: 0, y: 0, width: 1, height: 1 };
  return { x: left - 2, y: top - 2, width: right - left + 5, height: bottom - top + 5 };
}

/** Some of a picture; beyond the border the border's pixels go on. */
function cut(image: Image, { width, height }: Box, { x, y }: { readonly x: number; readonly y: number }): Image {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const fromX = Math.min(image.width - 1, Math.max(0, x + column));
      const fromY = Math.min(image.height - 1, Math.max(0, y + row));
      for (let c = 0; c < 4; c++)
        data[4 * (row * width + column) + c] = image.data[4 * (fromY * image.width + fromX) + c];
    }
  }
  return { width, height, data };
}
