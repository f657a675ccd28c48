import { z } from 'zod';
import { foreignSystem, gigabytes } from '@soliloquy/launcher/foreign-system';

/** A folder's name, never a path. */
const name = z.string().regex(/^\w[\w.-]*$/);

export const personaParams = z.strictObject({
  subject: name.default('subject').describe('Avatar that was made in the checkout: its folder of avatar/data/subjects'),
  motion: name
    .default('motion')
    .describe('Tracked movements that it follows: their folder of pose_track/data/subjects in the checkout'),
  motionFps: z
    .number()
    .min(1)
    .max(120)
    .default(30)
    .describe('Rate of the film that the movements were tracked in, which is that of this film')
    .meta({ unit: 'frames/s' }),
  epoch: z.int().min(0).max(1000).default(4).describe('Checkpoint of the avatar'),
  scene: z
    .boolean()
    .default(false)
    .describe('Before the background of the tracked film (images_bkg), not before white'),
});

export type PersonaParams = z.output<typeof personaParams>;

/** PERSONA (Sim and Moon 2025): an avatar of one picture, trained by its own scripts, follows tracked SMPL-X poses. */
export const persona = foreignSystem({
  name: 'persona',
  title: 'PERSONA',
  source: 'https://github.com/mks0601/PERSONA_RELEASE',
  commit: '91fa553d730d339e779c8f559e556359c4af050b',
  terms: {
    licence: { name: 'no licence, all rights reserved', url: 'https://github.com/mks0601/PERSONA_RELEASE' },
    accept:
      'its repository grants nobody any right: you have the permission of its authors, or the law where you are lets ' +
      'you use it; SMPL-X, which it needs, is for non-commercial research',
  },
  // Its paper times it on an A6000; no smaller card is documented.
  gpuMiB: gigabytes(48),
  files: [
    'avatar/main/animate.py',
    'avatar/common/utils/human_model_files',
    'avatar/tools/diffused_skinning_weights/diffused_skinning_weights.npy',
    'avatar/output/model_dump',
    'avatar/data/subjects',
    'pose_track/data/subjects',
  ],
  programs: ['python'],
});

/**
 * Its films are MPEG-4 Part 2 with the picture beside each frame: OpenCV, which its script writes them with, reads them
 * back, and leaves what is right of the picture as numbered PNG.
 *
 * argv: film, folder, pixels that are cut off on the left
 */
export const FRAMES_PROGRAM = [
  'import cv2, os, sys',
  'film, number = cv2.VideoCapture(sys.argv[1]), 0',
  'while True:',
  '    there, frame = film.read()',
  '    if not there: break',
  "    cv2.imwrite(os.path.join(sys.argv[2], '%06d.png' % number), frame[:, int(sys.argv[3]):])",
  '    number += 1',
].join('\n');
