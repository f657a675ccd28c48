import { join } from 'node:path';
import { z } from 'zod';
import { foreignSystem, gigabytes } from '@soliloquy/launcher/foreign-system';
import { videoSystem, type Size } from './video-system.ts';

export const wanI2vParams = z.strictObject({
  steps: z.int().min(1).max(200).default(40).describe('Denoising steps'),
  resolution: z.enum(['480p', '720p']).default('480p').describe('Area of its films: 832 x 480 or 1280 x 720'),
});

const AREAS = { '480p': { size: '832*480', area: 832 * 480 }, '720p': { size: '1280*720', area: 1280 * 720 } } as const;
/** Frames of its longest film; films have 4 n + 1. */
const MOST = 81;

/**
 * Wan2.1 image to video (Wan et al. 2025): a picture and a prompt, no voice. The first frame is the picture, so a
 * longer film goes on from a frame of the one before.
 */
export const wan21I2v = videoSystem<z.output<typeof wanI2vParams>>({
  system: foreignSystem({
    name: 'wan2.1-i2v',
    title: 'Wan2.1 I2V 14B',
    source: 'https://github.com/Wan-Video/Wan2.1',
    commit: '1fea12c31268ca58cf337e8b5088794ee0a46334',
    terms: { licence: { name: 'Apache-2.0', url: 'https://github.com/Wan-Video/Wan2.1/blob/main/LICENSE.txt' } },
    gpuMiB: gigabytes(77),
    files: ['generate.py', 'wan'],
    weights: 'Wan2.1-I2V-14B-480P',
    programs: ['python'],
  }),
  fps: 16,
  lead: 0,
  pieces: { most: MOST, overlap: 1, begins: 'frame' },
  lengths: (frames) => Math.min(MOST, 4 * Math.ceil((frames - 1) / 4) + 1),
  size: (picture, { resolution }) => sizeOf(picture, AREAS[resolution].area),
  command({ folder, id, picture, prompt, frames, seed, params, checkout }) {
    return {
      command: [
        'python',
        'generate.py',
        ...['--task', 'i2v-14B', '--size', AREAS[params.resolution].size],
        ...['--ckpt_dir', checkout.weights ?? './Wan2.1-I2V-14B-480P', '--image', picture, '--prompt', prompt],
        ...['--frame_num', String(frames), '--offload_model', 'True', '--t5_cpu'],
        ...['--sample_steps', String(params.steps), '--base_seed', String(seed)],
        ...['--save_file', join(folder, `${id}.mp4`)],
      ],
      result: { folder, patterns: [`${id}.mp4`], elsewhere: [`${id}*.mp4`, 'i2v-14B_*.mp4'] },
    };
  },
});

/** As `WanI2V.generate` rounds: the picture's aspect, sides a multiple of 16, about the area. */
function sizeOf({ width, height }: Size, area: number): Size {
  const aspect = height / width;
  const rounded = (side: number): number => Math.floor(side / 16) * 16;
  return { width: rounded(Math.sqrt(area / aspect)), height: rounded(Math.sqrt(area * aspect)) };
}
