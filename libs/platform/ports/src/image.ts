import { decodeImage, encodePng, type Image } from '@soliloquy/media';
import { arrayProblem, arraySchema, countProblem } from './array-schema.ts';
import { artifactFile } from './port-error.ts';
import type { PortType } from './port-type.ts';
import { givenFile } from './user-file.ts';

/** Shortest side of a picture that a person gives, pixels. */
const USER_MIN_SIDE = 256;

/** A picture, sRGB with a matte; PNG, every byte kept, colour under alpha 0 too. */
export const image: PortType<Image> = {
  id: 'image',
  title: 'Image',
  viewer: 'image',
  hue: 45,
  schema: arraySchema<Image>(
    ({ width, height, data }) =>
      countProblem('width', width, 1) ??
      countProblem('height', height, 1) ??
      arrayProblem('data', data, Uint8ClampedArray, [height, width, 4]),
  ),
  files: [{ name: 'image.png', what: 'PNG, RGBA of 8 bit, sRGB, not premultiplied; alpha is the matte' }],
  encode: async (value) => ({ 'image.png': await encodePng(value) }),
  decode: async (files) => decodeImage(artifactFile(files, 'image.png', 'image')),
  preview: ({ width, height }) => ({ summary: `${width}x${height}`, file: 'image.png' }),
  // 50 megapixels of 16 bits on their way to sRGB.
  giving: { mebibytes: 2048 },
  fromUser: async (given) => {
    const { name, bytes } = givenFile(given, 'image');
    return decodeImage(bytes, { name, minSide: USER_MIN_SIDE });
  },
};
