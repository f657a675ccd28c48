import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { foreignSystem, gigabytes } from '@soliloquy/launcher/foreign-system';
import { nearestAspect } from './sizes.ts';
import { videoSystem } from './video-system.ts';

export const omniavatarParams = z.strictObject({
  steps: z.int().min(1).max(200).default(25).describe('Denoising steps; its README recommends 20 to 50'),
  guidance: z.number().min(0).max(20).default(4.5).describe('How strongly prompt and voice lead; 4 to 6'),
  overlap: z
    .union([z.literal(1), z.literal(13)])
    .default(13)
    .describe('Frames that its own pieces of a longer film share: 13 hangs together better, 1 errs less')
    .meta({ unit: 'frames' }),
});

/** Height and width that it makes at 480p (`image_sizes_720` of its configuration), pixels. */
const SIZES = [
  { width: 720, height: 400 },
  { width: 720, height: 720 },
  { width: 400, height: 720 },
] as const;

/**
 * OmniAvatar (Gan et al. 2025). It puts 0.3 s of silence before the voice and the picture as a frame before the film
 * (`silence_duration_s`; `video[:, :ori_audio_len + 1]`), and makes films of any length by itself, of overlapping
 * pieces.
 */
export const omniavatar = videoSystem<z.output<typeof omniavatarParams>>({
  system: foreignSystem({
    name: 'omniavatar',
    title: 'OmniAvatar 14B',
    source: 'https://github.com/Omni-Avatar/OmniAvatar',
    commit: '1536bf31abaec74364fb7d5883470d5b23ffa7f8',
    terms: { licence: { name: 'Apache-2.0', url: 'https://github.com/Omni-Avatar/OmniAvatar/blob/main/LICENSE.txt' } },
    gpuMiB: gigabytes(36),
    files: [
      'scripts/inference.py',
      'configs/inference.yaml',
      'pretrained_models/Wan2.1-T2V-14B',
      'pretrained_models/OmniAvatar-14B/pytorch_model.pt',
      'pretrained_models/wav2vec2-base-960h',
    ],
    programs: ['torchrun', 'ffmpeg'],
  }),
  fps: 25,
  lead: 0.3 * 25 + 1,
  size: (picture) => nearestAspect(picture, SIZES),
  async command({ folder, id, picture, voice, prompt, seed, checkout, params }) {
    const list = join(folder, `${id}.txt`);
    await writeFile(list, `${prompt.replaceAll('@@', '@')}@@${picture}@@${voice}\n`);
    const { steps, guidance, overlap } = params;
    return {
      command: [
        'torchrun',
        '--standalone',
        '--nproc_per_node=1',
        'scripts/inference.py',
        '--config',
        'configs/inference.yaml',
        '--input_file',
        list,
        `--hp=seed=${seed},num_steps=${steps},guidance_scale=${guidance},overlap_frame=${overlap}`,
      ],
      result: {
        folder: checkout.folder,
        patterns: [`demo_out/*/res_${id}_*/result_000*.mp4`],
        elsewhere: [`demo_out/**/*${id}*/**/*.mp4`],
      },
      leaves: [`demo_out/*/res_${id}_*`],
    };
  },
});
