import type { Image } from '@soliloquy/media';
import { shrinkImage, type Plane } from '@soliloquy/planes';
import { StageError } from '@soliloquy/stage';

/** Sides below this are no picture of a person. */
const LEAST_SIDE = 64;

/**
 * The picture at the size that is worked with.
 *
 * @param area largest, pixels; 0 keeps every size
 * @throws StageError `stage.too-small` for pictures below 64 pixels
 */
export function workingPicture(image: Image, area: number): Image {
  const made = reduced(image, area);
  if (Math.min(made.width, made.height) >= LEAST_SIDE) return made;
  throw new StageError({
    code: 'stage.too-small',
    where: 'reference.image',
    expected: `sides of at least ${LEAST_SIDE} pixels`,
    got: `${made.width}x${made.height}`,
    remedy: 'give a larger picture',
  });
}

function reduced(image: Image, area: number): Image {
  const pixels = image.width * image.height;
  if (area === 0 || pixels <= area) return image;
  const scale = Math.sqrt(area / pixels);
  return shrinkImage(
    image,
    Math.max(1, Math.round(image.width * scale)),
    Math.max(1, Math.round(image.height * scale)),
  );
}

/** What is clear in the picture has no colour: mid grey stands in for it. */
export function overGrey(image: Image): Image {
  const data = new Uint8ClampedArray(image.data.length);
  for (let at = 0; at < data.length; at += 4) {
    const alpha = image.data[at + 3] / 255;
    for (let c = 0; c < 3; c++) data[at + c] = image.data[at + c] * alpha + 128 * (1 - alpha);
    data[at + 3] = 255;
  }
  return { width: image.width, height: image.height, data };
}

export function withMatte(image: Image, matte: Plane): Image {
  const data = Uint8ClampedArray.from(image.data);
  for (let i = 0; i < matte.data.length; i++) data[i * 4 + 3] = matte.data[i] * 255;
  return { width: image.width, height: image.height, data };
}
