import { z } from 'zod';
import { MAX_PIXELS } from '@soliloquy/media';
import { image, landmarks } from '@soliloquy/ports';
import { defineStage } from '@soliloquy/stage';

const area = z
  .int()
  .min(0)
  .max(MAX_PIXELS)
  .default(2_359_296)
  .describe('Largest area that is worked with and passed on; a larger picture is reduced to it, 0 keeps every size')
  .meta({ unit: 'pixels' });

/** What a picture knows of its person: matte, points, and the room behind. */
export const referenceStage = defineStage({
  id: 'reference',
  version: 2,
  title: 'Reference',
  summary:
    'Finds the person in a picture: matte, points of face, body and hands, and the background without the person',
  inputs: {
    image: { type: image, summary: 'the picture; an alpha channel that cuts out a person is taken as the matte' },
    landmarks: { type: landmarks, summary: 'known points; none are looked for then', optional: true },
    background: { type: image, summary: 'the known room behind the person; none is painted then', optional: true },
  },
  params: z.strictObject({}),
  outputs: {
    image: { type: image, summary: 'the picture with the matte in its alpha' },
    landmarks: { type: landmarks, summary: 'every point of the face; of body and hands what the picture shows' },
    background: { type: image, summary: 'the room without the person, opaque' },
  },
  backbones: {
    networks: {
      version: 2,
      title: 'Whole-body networks',
      summary:
        "MediaPipe's networks for face, body and hands, a graph cut from their two masks of the person, painted " +
        'background',
      params: z.strictObject({ area }),
      threads: 'all',
      load: () => import('./backbones/networks.ts'),
    },
    photo: {
      version: 2,
      title: 'Photograph',
      summary:
        'Haar cascades for the face, radial symmetry for the pupils, lip evidence for the mouth, graph-cut matte, ' +
        'silhouette proportions for the body, painted background',
      params: z.strictObject({ area }),
      load: () => import('./backbones/photo.ts'),
    },
    figure: {
      version: 1,
      title: 'Painted figure',
      summary:
        'Passes on what the painter of the picture knows: its landmarks, its background and the matte in its alpha',
      params: z.strictObject({}),
      load: () => import('./backbones/figure.ts'),
    },
  },
  defaultBackbone: 'networks',
  migrations: [
    {
      from: 1,
      says: 'pictures may be read by networks; this one is read as before',
      // The default of old was `photo`.
      migrate: ({ backbone, params }) => ({ backbone: backbone === 'networks' ? 'photo' : backbone, params }),
    },
  ],
});
