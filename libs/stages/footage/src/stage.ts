import { z } from 'zod';
import { FILM_MOST } from '@soliloquy/media';
import { audio, file, image, metrics, video } from '@soliloquy/ports';
import { defineStage, type Need } from '@soliloquy/stage';
import { CLIP_FIGURES } from './figures.ts';

/** A folder of clips on this machine, named as models are. */
function folderNeed(what: string): Need {
  return {
    kind: 'model',
    what,
    param: 'folder',
    remedy: 'name the folder under models in your own configuration',
  };
}

const folderParams = z.strictObject({
  folder: z.string().default('clips').describe('Name of the folder on this machine'),
  skip: z
    .int()
    .min(0)
    .max(10_000_000)
    .default(0)
    .describe('Files that are left out at the beginning, in order of their paths'),
  files: z.int().min(1).max(1000).default(10).describe('Files that are read'),
});

/** A person's own film becomes clips to learn from. */
export const footageStage = defineStage({
  id: 'footage',
  version: 1,
  title: 'Footage',
  summary:
    'Real films of a person become clips with sound and matte, and a reference picture: a minute of oneself is a ' +
    'teacher like any other.',
  inputs: {
    file: { type: file, summary: 'a film: MP4, MOV or WebM, any rate, up to half an hour', optional: true },
  },
  params: z.strictObject({
    seconds: z.number().min(0.5).max(60).default(5).describe('Length of a clip').meta({ unit: 's' }),
    clips: z.int().min(1).max(500).default(24).describe('Most clips that are made').meta({ unit: 'clips' }),
    fps: z
      .number()
      .min(0)
      .max(FILM_MOST.fps)
      .default(0)
      .describe("Frames a second of the clips; 0 the film's own")
      .meta({ unit: 'frames/s' }),
    area: z
      .int()
      .min(1024)
      .max(16_777_216)
      .default(393_216)
      .describe('Pixels of a frame; the aspect of the film is kept, with even sides. Smaller films stay as they are')
      .meta({ unit: 'pixels' }),
  }),
  outputs: {
    video: { type: video, summary: 'a clip, with its matte and its sound', makes: 'clip' },
    audio: { type: audio, summary: 'the sound of the clip', makes: 'clip' },
    image: { type: image, summary: 'the frame with open eyes, a closed mouth and the sharpest face' },
    metrics: { type: metrics, summary: 'how good each clip is', makes: 'clip' },
  },
  backbones: {
    film: {
      version: 1,
      title: 'A film',
      summary:
        "One person's film: cuts, other people and a moving camera are left out, the person is followed, matted and " +
        'pictured by the networks.',
      params: z.strictObject({}),
      requires: ['file'],
      threads: 'all',
      load: () => import('./backbones/film.ts'),
    },
    folder: {
      version: 1,
      title: 'A folder of clips',
      summary: 'Films in a folder of this machine, in the wild: each is cut into clips as a film is.',
      params: folderParams,
      needs: [folderNeed('a folder of films')],
      threads: 'all',
      load: () => import('./backbones/folder.ts'),
    },
    'seamless-interaction': {
      version: 1,
      title: 'Seamless Interaction',
      summary: 'Films and voices of one participant in the layout of the Seamless Interaction data set.',
      params: folderParams.extend({
        participant: z
          .string()
          .regex(/^(P\d+[A-Z]?)?$/)
          .default('')
          .describe('Participant, e.g. P0799; empty takes that of the first file'),
      }),
      needs: [folderNeed('a part of the Seamless Interaction data set')],
      threads: 'all',
      load: () => import('./backbones/seamless-interaction.ts'),
    },
  },
  defaultBackbone: 'film',
  measures: { metrics: CLIP_FIGURES },
});
