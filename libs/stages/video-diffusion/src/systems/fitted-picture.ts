import { evenSize, resizeImage, type FrameData, type Image } from '@soliloquy/media';
import { cropImage, type Rectangle } from '@soliloquy/planes';
import type { Size } from './video-system.ts';

/** A picture within the frame that a system works on. */
export interface FittedPicture {
  /** Opaque, of the system's size. */
  readonly image: Image;
  /** Where the picture is in it, pixels. */
  readonly inside: Rectangle;
}

/**
 * The person before the background, brought whole into a frame of another aspect: what is beside it repeats its edge,
 * so that nothing is cut and no border is taken for part of the scene.
 *
 * @param person     alpha is the matte
 * @param background of the same aspect, opaque
 */
export async function fitPicture(person: Image, background: Image, size: Size): Promise<FittedPicture> {
  const scale = Math.min(size.width / person.width, size.height / person.height);
  const width = Math.min(size.width, Math.round(person.width * scale));
  const height = Math.min(size.height, Math.round(person.height * scale));
  const solid = before(await resizeImage(person, width, height), await resizeImage(background, width, height));
  const left = Math.floor((size.width - width) / 2);
  const top = Math.floor((size.height - height) / 2);
  return { image: withEdges(solid, size, { left, top }), inside: { left, top, width, height } };
}

/**
 * The picture's part of a frame of a system's film, at the film's own sides.
 *
 * @param frame    of the system's film, at whatever size it made it
 * @param fitted   how the picture was given
 * @param outSize  even sides of the film
 */
export async function takeOut(frame: Image, { image, inside }: FittedPicture, outSize: Size): Promise<FrameData> {
  const [sx, sy] = [frame.width / image.width, frame.height / image.height];
  const left = Math.round(inside.left * sx);
  const top = Math.round(inside.top * sy);
  const width = Math.max(1, Math.min(frame.width - left, Math.round(inside.width * sx)));
  const height = Math.max(1, Math.min(frame.height - top, Math.round(inside.height * sy)));
  const cut = width === frame.width && height === frame.height ? frame : cropImage(frame, { left, top, width, height });
  return (await resizeImage(cut, outSize.width, outSize.height)).data;
}

/** Sides of the film: the picture's aspect, even, of an area. */
export function filmSize({ width, height }: Size, area: number): Size {
  return evenSize(width, height, area);
}

function before(person: Image, background: Image): Image {
  const data = new Uint8ClampedArray(person.data.length);
  for (let i = 0; i < data.length; i += 4) {
    const alpha = person.data[i + 3] / 255;
    for (let c = 0; c < 3; c++) data[i + c] = alpha * person.data[i + c] + (1 - alpha) * background.data[i + c];
    data[i + 3] = 255;
  }
  return { width: person.width, height: person.height, data };
}

function withEdges(image: Image, size: Size, at: { readonly left: number; readonly top: number }): Image {
  const data = new Uint8ClampedArray(size.width * size.height * 4);
  for (let y = 0; y < size.height; y++) {
    const row = Math.min(image.height - 1, Math.max(0, y - at.top));
    for (let x = 0; x < size.width; x++) {
      const from = (row * image.width + Math.min(image.width - 1, Math.max(0, x - at.left))) * 4;
      data.set(image.data.subarray(from, from + 4), (y * size.width + x) * 4);
    }
  }
  return { ...size, data };
}
