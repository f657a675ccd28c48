import { z } from 'zod';
import { FILM_MOST } from '@soliloquy/media';
import { deformation, gaussians, image, metrics, video } from '@soliloquy/ports';
import { defineStage } from '@soliloquy/stage';
import { FIELD_FIGURES, FIT_FIGURES } from './fit-figures.ts';
import { fourDGaussians } from './four-d-gaussians.ts';

/** What both backbones take: particles that Gauss-Newton steps move, in passes over the clip. */
const particleParams = z.object({
  particles: z.int().min(24).max(4000).default(248).describe('Particles for a whole body').meta({ unit: 'particles' }),
  faceArea: z
    .int()
    .min(64)
    .max(4_194_304)
    .default(16_000)
    .describe("Pixels of a second view, which shows the face alone at up to the clip's resolution")
    .meta({ unit: 'pixels' }),
  steps: z
    .int()
    .min(1)
    .max(50)
    .default(3)
    .describe('Gauss-Newton steps per frame; where the body is settled, the rest of them are of the face alone'),
  rigidity: z
    .number()
    .positive()
    .max(1000)
    .default(0.3)
    .describe('Stiffness of the springs between neighbouring particles'),
  smoothness: z
    .number()
    .nonnegative()
    .max(1000)
    .default(0.25)
    .describe(
      'Weight, after the first pass, of staying at the smoothed motion: halfway between neighbouring frames, or ' +
        'at the field',
    ),
});

export const deformationFitStage = defineStage({
  id: 'deformation-fit',
  version: 1,
  title: 'Deformation fit',
  summary: 'Finds the deformation of the canonical Gaussians that shows a clip, through the rasteriser.',
  inputs: {
    gaussians: { type: gaussians, summary: 'the person at rest' },
    background: { type: image, summary: 'what is behind the person' },
    video: { type: video, summary: 'the clip, with its matte', needs: ['matte'] },
  },
  params: z.object({
    area: z
      .int()
      .min(2048)
      .max(4_194_304)
      .default(55_296)
      .describe('Pixels of the frames that the deformation is fitted at')
      .meta({ unit: 'pixels' }),
    fps: z
      .number()
      .min(0)
      .max(FILM_MOST.fps)
      .default(0)
      .describe('Frames a second of the deformation, for clips of several rates in one training; 0 those of the clip')
      .meta({ unit: 'frames/s' }),
  }),
  outputs: {
    deformation: { type: deformation, summary: 'ΔG_t of the clip' },
    metrics: { type: metrics, summary: 'how well the deformed Gaussians show the clip, inside the matte' },
  },
  backbones: {
    'control-nodes': {
      version: 6,
      title: 'Control nodes',
      summary:
        'Particles that carry the Gaussians (SC-GS), moved by Gauss-Newton steps on the rendered difference with ' +
        'as-rigid-as-possible springs; each frame starts from where those before it lead.',
      params: particleParams,
      threads: 1,
      onWebGpu: true,
      load: () => import('./backbones/control-nodes.ts'),
    },
    hexplane: {
      version: 6,
      title: 'HexPlane field',
      summary:
        'A field of space and time (HexPlane, 4D Gaussian splatting) gives the particles their motion: it learns ' +
        'where Gauss-Newton steps from its own motion lead.',
      params: particleParams.extend({
        rounds: z.int().min(1).max(20).default(2).describe('Rounds of steps and learning'),
        fieldSteps: z.int().min(1).max(100_000).default(250).describe('Training steps of the field in a round'),
      }),
      threads: 1,
      onWebGpu: true,
      measures: { metrics: FIELD_FIGURES },
      load: () => import('./backbones/hexplane.ts'),
    },
    'four-d-gaussians': {
      version: 1,
      title: '4DGaussians',
      summary:
        'The clip and the Gaussians as a data set of 4DGaussians, its training and its export of a PLY a frame; the ' +
        'particles follow how its Gaussians move, matched by index. Depth, turns and scales of its own are left out.',
      params: particleParams.pick({ particles: true, faceArea: true }).extend({
        iterations: z.int().min(2).max(100_000).default(20_000).describe('Training steps of its field'),
        coarse: z.int().min(1).max(100_000).default(3000).describe('Training steps before that, without a field'),
      }),
      ...fourDGaussians.backbone,
      threads: 1,
      onWebGpu: true,
      load: () => import('./backbones/four-d-gaussians.ts'),
    },
    'ply-frames': {
      version: 1,
      title: 'A PLY for each frame',
      summary:
        'Files that any program exported, one for each frame of one clip: the particles follow how its Gaussians ' +
        'move, matched by index or by place. Depth, turns and scales of its own are left out.',
      params: particleParams.pick({ particles: true, faceArea: true }).extend({
        folder: z.string().default('frames').describe('Name of the folder on this machine'),
        files: z
          .string()
          .regex(/^(?!.*\.\.)[^/\\]+(\/[^/\\]+)*$/)
          .default('**/*.ply')
          .describe('Which of its files, as a glob; numbers in their names count as numbers'),
        match: z
          .enum(['index', 'place'])
          .default('index')
          .describe("By index: the input's Gaussians in their order. By place: whichever lie nearest at rest"),
        rest: z
          .int()
          .min(0)
          .max(100_000)
          .default(0)
          .describe('By place: the frame in which the person stands as in the picture'),
      }),
      needs: [
        {
          kind: 'model',
          what: 'a folder with a PLY for each frame',
          param: 'folder',
          remedy: 'name the folder under models in your own configuration',
        },
      ],
      threads: 1,
      onWebGpu: true,
      load: () => import('./backbones/ply-frames.ts'),
    },
  },
  defaultBackbone: 'control-nodes',
  measures: { metrics: FIT_FIGURES },
});
