import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { foreignSystem, gigabytes } from '@soliloquy/launcher/foreign-system';
import { videoSystem, type Size } from './video-system.ts';

export const hunyuanParams = z.strictObject({
  imageSize: z
    .union([z.literal(704), z.literal(512), z.literal(384), z.literal(256)])
    .default(704)
    .describe('Shorter side of its films')
    .meta({ unit: 'pixels' }),
  steps: z.int().min(1).max(200).default(50).describe('Denoising steps'),
  guidance: z.number().min(0).max(20).default(7.5).describe('How strongly prompt and voice lead'),
});

/** Longer side of the largest area for each shorter side (`audio_dataset.py`), pixels. */
const LONGEST = { 704: 1216, 512: 768, 384: 576, 256: 384 } as const;
/** Frames that it always makes (`--infer-min`). */
const FRAMES = 129;
const CHECKPOINT = 'ckpts/hunyuan-video-t2v-720p/transformers/mp_rank_00_model_states_fp8.pt';

/** HunyuanVideo-Avatar (Chen et al. 2025). Its film begins with the voice. */
export const hunyuanVideoAvatar = videoSystem<z.output<typeof hunyuanParams>>({
  system: foreignSystem({
    name: 'hunyuan-video-avatar',
    title: 'HunyuanVideo-Avatar',
    source: 'https://github.com/Tencent-Hunyuan/HunyuanVideo-Avatar',
    commit: 'fd59436af88e747c7e48055fd65df8233c4ff2eb',
    terms: {
      licence: {
        name: 'Tencent Hunyuan Community License',
        url: 'https://github.com/Tencent-Hunyuan/HunyuanVideo-Avatar/blob/main/LICENSE',
      },
      forbids: ['training'],
      accept:
        'not for use in the European Union, the United Kingdom and South Korea; §5b: what it makes must not improve ' +
        'any other AI model',
    },
    gpuMiB: gigabytes(24),
    files: ['hymm_sp/sample_gpu_poor.py', join('weights', CHECKPOINT)],
    programs: ['python3', 'ffmpeg'],
  }),
  fps: 25,
  lead: 0,
  pieces: { most: FRAMES, overlap: 13, begins: 'picture' },
  lengths: () => FRAMES,
  size: (picture, { imageSize }) => sizeOf(picture, imageSize),
  async command({ folder, id, picture, voice, prompt, seed, params }) {
    const [list, films] = [join(folder, `${id}.csv`), join(folder, `${id}-films`)];
    const fields = [id, picture, voice, prompt, '25'].map((field) => `"${field.replaceAll('"', '""')}"`);
    await writeFile(list, `videoid,image,audio,prompt,fps\n${fields.join(',')}\n`);
    return {
      command: [
        'python3',
        'hymm_sp/sample_gpu_poor.py',
        ...['--input', list],
        ...['--ckpt', `./weights/${CHECKPOINT}`],
        ...['--sample-n-frames', String(FRAMES)],
        ...['--seed', String(seed)],
        ...['--image-size', String(params.imageSize)],
        ...['--cfg-scale', String(params.guidance)],
        ...['--infer-steps', String(params.steps)],
        ...['--use-deepcache', '1'],
        ...['--flow-shift-eval-video', '5.0'],
        ...['--save-path', films],
        '--use-fp8',
        '--infer-min',
      ],
      environment: { PYTHONPATH: './', MODEL_BASE: './weights', DISABLE_SP: '1' },
      result: { folder: films, patterns: [`${id}_audio.mp4`, `${id}.mp4`], elsewhere: ['**/*.mp4'] },
    };
  },
});

/** As its loader rounds a picture: each side by itself to a multiple of 64. At that size nothing is stretched. */
function sizeOf({ width, height }: Size, shorter: keyof typeof LONGEST): Size {
  const most = shorter * LONGEST[shorter];
  const at = (scale: number): Size => ({
    width: Math.round((width * scale) / 64) * 64,
    height: Math.round((height * scale) / 64) * 64,
  });
  const first = at(shorter / Math.min(width, height));
  return first.width * first.height <= most ? first : at(Math.sqrt(most / width / height));
}
