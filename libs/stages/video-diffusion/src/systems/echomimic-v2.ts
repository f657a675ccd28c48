import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { foreignSystem, gigabytes } from '@soliloquy/launcher/foreign-system';
import { POSE_PROGRAM, posesOf } from './echomimic-poses.ts';
import { videoSystem } from './video-system.ts';

export const echomimicParams = z.strictObject({
  steps: z.int().min(1).max(200).default(30).describe('Denoising steps'),
  guidance: z.number().min(0).max(20).default(2.5).describe('How strongly the voice leads'),
});

const SIDE = 768;

/** EchoMimicV2 (Meng et al. 2024). Its film begins with the voice, and hands go where poses say. */
export const echomimicV2 = videoSystem<z.output<typeof echomimicParams>>({
  system: foreignSystem({
    name: 'echomimic-v2',
    title: 'EchoMimicV2',
    source: 'https://github.com/antgroup/echomimic_v2',
    commit: 'a312dec05ec7f9b3e0e2c2802e4a1a5d3788cfb3',
    terms: {
      licence: { name: 'Apache-2.0', url: 'https://github.com/antgroup/echomimic_v2/blob/main/LICENSE' },
      accept: 'its README says that it is for academic research',
    },
    gpuMiB: gigabytes(13),
    files: [
      'infer.py',
      'configs/prompts/infer.yaml',
      'pretrained_weights/denoising_unet.pth',
      'pretrained_weights/reference_unet.pth',
      'pretrained_weights/pose_encoder.pth',
      'pretrained_weights/motion_module.pth',
      'pretrained_weights/audio_processor/tiny.pt',
      'pretrained_weights/sd-vae-ft-mse',
    ],
    programs: ['python'],
  }),
  fps: 24,
  lead: 0,
  size: () => ({ width: SIDE, height: SIDE }),
  async command(task) {
    const { folder, id, picture, voice, frames, seed, params, checkout } = task;
    // It names its film after the picture's folder, the picture, the poses and the voice.
    const [pictures, poses, sound] = [join(folder, id), join(folder, `${id}-poses`), `${id}-voice.wav`];
    await mkdir(pictures, { recursive: true });
    await mkdir(poses, { recursive: true });
    await rename(picture, join(pictures, 'picture.png'));
    await rename(voice, join(folder, sound));
    const list = join(folder, `${id}-poses.json`);
    await writeFile(list, JSON.stringify(posesOf(task, SIDE)));
    return {
      before: ['python', '-c', POSE_PROGRAM, list, poses],
      command: [
        'python',
        'infer.py',
        '--config',
        'configs/prompts/infer.yaml',
        ...['-W', String(SIDE), '-H', String(SIDE), '-L', String(frames)],
        ...['--steps', String(params.steps), '--cfg', String(params.guidance), '--seed', String(seed)],
        ...['--ref_images_dir', folder, '--audio_dir', folder, '--pose_dir', folder],
        ...['--refimg_name', `${id}/picture.png`, '--audio_name', sound, '--pose_name', `${id}-poses`],
      ],
      result: {
        folder: checkout.folder,
        patterns: [`outputs/*/${id}.picture.png/${id}-poses/picture-a-${sound}-i0_sig.mp4`],
        elsewhere: [`outputs/**/*${id}*/**/*.mp4`],
      },
      leaves: [`outputs/*/${id}.picture.png`],
    };
  },
});
