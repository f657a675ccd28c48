import { join } from 'node:path';
import { z } from 'zod';
import { foreignSystem, gigabytes } from '@soliloquy/launcher/foreign-system';
import { largestWithin } from './sizes.ts';
import { videoSystem } from './video-system.ts';

export const wanS2vParams = z.strictObject({
  steps: z.int().min(1).max(200).default(40).describe('Denoising steps'),
  resolution: z.enum(['480p', '704p']).default('704p').describe('Area of its films: 832 x 480 or 1024 x 704'),
});

const AREAS = { '480p': { size: '832*480', area: 832 * 480 }, '704p': { size: '1024*704', area: 1024 * 704 } } as const;
/** Frames of each piece that it makes (`--infer_frames`), and how many of the first it throws away. */
const [PIECE, DROPPED] = [80, 3];

/**
 * Wan2.2 speech to video. It makes pieces of 80 frames one after the other and throws the first three away
 * (`drop_first_motion`), so that its film begins three frames after the voice.
 */
export const wan22S2v = videoSystem<z.output<typeof wanS2vParams>>({
  system: foreignSystem({
    name: 'wan2.2-s2v',
    title: 'Wan2.2 S2V 14B',
    source: 'https://github.com/Wan-Video/Wan2.2',
    commit: '42bf4cfaa384bc21833865abc2f9e6c0e67233dc',
    terms: { licence: { name: 'Apache-2.0', url: 'https://github.com/Wan-Video/Wan2.2/blob/main/LICENSE.txt' } },
    gpuMiB: gigabytes(80),
    files: ['generate.py', 'wan/speech2video.py'],
    weights: 'Wan2.2-S2V-14B',
    programs: ['python', 'ffmpeg'],
  }),
  fps: 16,
  lead: -DROPPED,
  // What its muxer cuts off by a rounding is in the piece that nobody asked for.
  lengths: (frames) => PIECE * Math.ceil((frames + DROPPED) / PIECE) - DROPPED,
  size: (picture, { resolution }) => largestWithin(picture, AREAS[resolution].area, 64),
  command({ folder, id, picture, voice, prompt, frames, seed, params, checkout }) {
    return {
      command: [
        'python',
        'generate.py',
        ...['--task', 's2v-14B', '--size', AREAS[params.resolution].size],
        ...['--ckpt_dir', checkout.weights ?? './Wan2.2-S2V-14B/', '--offload_model', 'True', '--convert_model_dtype'],
        ...['--prompt', prompt, '--image', picture, '--audio', voice],
        ...['--infer_frames', String(PIECE), '--num_clip', String((frames + DROPPED) / PIECE)],
        ...['--sample_steps', String(params.steps), '--base_seed', String(seed)],
        ...['--save_file', join(folder, `${id}.mp4`)],
      ],
      result: { folder, patterns: [`${id}.mp4`], elsewhere: [`${id}*.mp4`, 's2v-14B_*.mp4'] },
    };
  },
});
