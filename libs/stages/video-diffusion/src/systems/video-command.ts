import { join } from 'node:path';
import { z } from 'zod';
import { ownProgram } from '@soliloquy/launcher/foreign-system';
import { evenSize } from '@soliloquy/media';
import { videoSystem } from './video-system.ts';

export const videoCommandParams = z.strictObject({});

/**
 * A program of one's own: `run` in the folder that `checkouts.video-command` names. It is given picture, voice, prompt,
 * length and seed as arguments, and leaves an MP4; its rate is the film's.
 */
export const videoCommand = videoSystem<z.output<typeof videoCommandParams> & { readonly area: number }>({
  system: ownProgram('video-command', 'video'),
  fps: undefined,
  lead: 0,
  size: (picture, { area }) => evenSize(picture.width, picture.height, area),
  command({ folder, id, picture, voice, prompt, seconds, seed, checkout }) {
    return {
      command: [
        join(checkout.folder, 'run'),
        ...['--image', picture, '--audio', voice, '--prompt', prompt],
        ...['--seconds', String(seconds), '--seed', String(seed), '--output', join(folder, `${id}.mp4`)],
      ],
      result: { folder, patterns: [`${id}.mp4`], elsewhere: [`${id}*.mp4`] },
    };
  },
});
