import { z } from 'zod';
import { attributes, file, image, landmarks, text } from '@soliloquy/ports';
import { defineStage } from '@soliloquy/stage';

/** A picture of one person: painted from attributes or a sentence, or taken from a file. */
export const textToImageStage = defineStage({
  id: 'text-to-image',
  version: 1,
  title: 'Text to image',
  summary: 'Makes the reference picture of a subject from its attributes, a sentence or a file.',
  inputs: {
    attributes: { type: attributes, summary: 'what the person looks like', optional: true },
    prompt: { type: text, summary: 'a sentence that says what the person looks like', optional: true },
    file: { type: file, summary: 'a picture: PNG, JPEG or WebP', optional: true },
  },
  params: z.strictObject({}),
  outputs: {
    image: { type: image, summary: 'the picture; alpha is the matte where it is known, else what the file has' },
    landmarks: { type: landmarks, summary: 'where head, face, hands and joints are', optional: true },
    background: { type: image, summary: 'what is behind the person', optional: true },
  },
  backbones: {
    figure: {
      version: 1,
      title: 'Painted figure',
      summary: 'A full-body person painted with Skia; knows its matte, its landmarks and the room behind it.',
      params: z.strictObject({
        width: z.int().min(64).max(4096).default(1024).describe('Width of the picture').meta({ unit: 'pixels' }),
        height: z.int().min(96).max(6144).default(1536).describe('Height of the picture').meta({ unit: 'pixels' }),
      }),
      requires: [['attributes', 'prompt']],
      load: (): Promise<object> => import('./backbones/figure.ts'),
    },
    picture: {
      version: 2,
      title: 'Picture',
      summary: 'A picture from a file, turned upright and, where very large, scaled down.',
      params: z.strictObject({
        maxArea: z
          .int()
          .min(65_536)
          .max(50_000_000)
          .default(2_400_000)
          .describe('Larger pictures are scaled down to this area')
          .meta({ unit: 'pixels²' }),
      }),
      requires: ['file'],
      omits: ['landmarks', 'background'],
      load: (): Promise<object> => import('./backbones/picture.ts'),
    },
  },
  defaultBackbone: 'figure',
});
