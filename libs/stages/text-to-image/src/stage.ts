import { z } from 'zod';
import { SCHEDULERS } from '@soliloquy/diffusion-schedulers/config';
import { attributes, file, image, landmarks, text } from '@soliloquy/ports';
import { defineStage } from '@soliloquy/stage';
import { pictureCommand } from './picture-command.ts';

/** The template of the paper's data: "photorealistic humans with clear gestures and coherent full-body appearance". */
const TEMPLATE = '{prompt} Photorealistic, clear gestures, coherent full-body appearance.';
const UNWANTED =
  'several people, cropped, out of frame, missing hands, extra fingers, extra limbs, blurry, painting, text';

const diffusionParams = z.strictObject({
  model: z.string().default('stable-diffusion-1.5').describe('Name of the model on this machine'),
  width: z.int().min(64).max(4096).default(512).describe('Width of the picture').meta({ unit: 'pixels' }),
  height: z.int().min(64).max(4096).default(768).describe('Height of the picture').meta({ unit: 'pixels' }),
  steps: z.int().min(1).max(1000).default(25).describe('Denoising steps; distilled models want 1 to 8'),
  guidance: z
    .number()
    .min(0)
    .max(50)
    .default(7)
    .describe('How strongly the prompt leads; 1 or less takes one prediction per step, as distilled models want'),
  scheduler: z
    .enum(['model', ...SCHEDULERS])
    .default('model')
    .describe('Sampler; model takes the one that the folder names'),
  template: z
    .string()
    .max(2000)
    .default(TEMPLATE)
    .describe('What the model is told; {prompt} stands for the sentence of the subject'),
  negativePrompt: z.string().max(2000).default(UNWANTED).describe('What the picture is led away from; may be empty'),
  candidates: z
    .int()
    .min(1)
    .max(64)
    .default(1)
    .describe('Pictures to draw; the best is kept')
    .meta({ unit: 'pictures' }),
  tile: z
    .int()
    .min(16)
    .max(512)
    .default(96)
    .describe('Larger latents are decoded in overlapping tiles of this side')
    .meta({ unit: 'latents' }),
});

/** A picture of one person: painted or drawn from attributes or a sentence, or taken from a file. */
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
    candidates: {
      type: image,
      summary: 'all pictures that were drawn, side by side, the kept one first',
      optional: true,
    },
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
      omits: ['candidates'],
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
      omits: ['landmarks', 'background', 'candidates'],
      load: (): Promise<object> => import('./backbones/picture.ts'),
    },
    'onnx-diffusion': {
      version: 3,
      title: 'Diffusion model',
      summary: 'A diffusion model of this machine, an ONNX folder in the layout of diffusers, draws the person.',
      params: diffusionParams,
      needs: [
        {
          kind: 'model',
          what: 'a diffusion model',
          param: 'model',
          remedy: 'name a folder of one under models in your own configuration',
        },
      ],
      requires: [['attributes', 'prompt']],
      omits: ['landmarks', 'background'],
      threads: 'all',
      threadsMatter: true,
      load: (): Promise<object> => import('./backbones/onnx-diffusion.ts'),
    },
    command: {
      version: 1,
      title: 'A program of your own',
      summary: 'Runs the program `run` of checkouts.picture-command with prompt, size and seed.',
      params: diffusionParams.pick({ width: true, height: true, template: true }),
      requires: [['attributes', 'prompt']],
      omits: ['landmarks', 'background', 'candidates'],
      ...pictureCommand.backbone,
      load: (): Promise<object> => import('./backbones/command.ts'),
    },
  },
  defaultBackbone: 'figure',
});
