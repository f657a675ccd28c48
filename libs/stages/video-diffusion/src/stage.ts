import { z } from 'zod';
import { FLOW_SAMPLING_PARAMS } from '@soliloquy/latent-flow/params';
import { latentFlowInput } from '@soliloquy/latent-flow/port';
import { FILM_MOST } from '@soliloquy/media';
import { audio, image, landmarks, text, tracks, video } from '@soliloquy/ports';
import { defineStage } from '@soliloquy/stage';
import { echomimicParams, echomimicV2 } from './systems/echomimic-v2.ts';
import { hunyuanParams, hunyuanVideoAvatar } from './systems/hunyuan-video-avatar.ts';
import { omniavatar, omniavatarParams } from './systems/omniavatar.ts';
import { persona, personaParams } from './systems/persona.ts';
import { systemBackbone } from './systems/system-backbone.ts';
import { videoCommand, videoCommandParams } from './systems/video-command.ts';
import { wan21I2v, wanI2vParams } from './systems/wan-i2v.ts';
import { wan22S2v, wanS2vParams } from './systems/wan-s2v.ts';

/** A picture and a voice become a film of the person saying it. */
export const videoDiffusionStage = defineStage({
  id: 'video-diffusion',
  version: 1,
  title: 'Talking video',
  summary:
    'A film of the person in the picture speaking with the voice: the teacher that the avatar learns to move from.',
  inputs: {
    image: { type: image, summary: 'The person; alpha is the matte.' },
    landmarks: { type: landmarks, summary: 'Where face, joints and hands are in the picture.' },
    background: { type: image, summary: 'What is behind the person; it stays still.' },
    audio: { type: audio, summary: 'What the person says.' },
    prompt: { type: text, summary: 'How the person behaves; for backbones that read.', optional: true },
    tracks: {
      type: tracks,
      summary: 'Points of a clip whose movements are taken over; for backbones that take poses.',
      optional: true,
    },
    model: latentFlowInput,
  },
  params: z.strictObject({
    fps: z
      .number()
      .min(1)
      .max(FILM_MOST.fps)
      .default(25)
      .describe('Frames a second of the film.')
      .meta({ unit: 'frames/s' }),
    frames: z
      .int()
      .min(0)
      .max(FILM_MOST.frames)
      .default(125)
      .describe('Length of the film; 0 makes it as long as the voice.')
      .meta({ unit: 'frames' }),
    area: z
      .int()
      .min(1024)
      .max(16_777_216)
      .default(393_216)
      .describe('Pixels of a frame; the film keeps the aspect of the picture, with even sides.')
      .meta({ unit: 'pixels' }),
  }),
  outputs: {
    video: { type: video, summary: 'The film, with the matte of the person and the voice.' },
  },
  defaultBackbone: 'puppet',
  backbones: {
    puppet: {
      version: 3,
      title: 'Puppet (procedural, no diffusion model)',
      summary:
        'Warps the picture by the voice: jaw, lips and mouth interior, blinks, gaze, head, trunk and hands on ' +
        'stressed syllables. It is a procedure, not a diffusion model: nothing is downloaded; of a prompt it reads ' +
        '"calm", "lively" and "hands still".',
      params: z.strictObject({
        expressiveness: z
          .number()
          .min(0)
          .max(2)
          .default(1)
          .describe('How far head, brows, body and hands move; the mouth always follows the voice.'),
      }),
      threads: 1,
      load: () => import('./backbones/puppet.ts'),
    },
    'latent-flow': {
      version: 2,
      title: 'Latent flow (small diffusion model)',
      summary:
        'Samples how 93 points, lids and mouth move with the voice, by a diffusion transformer that was learned from ' +
        'films, and warps the picture by them; of a prompt it reads "calm", "lively" and "hands still".',
      params: z.strictObject(FLOW_SAMPLING_PARAMS),
      threads: 'all',
      threadsMatter: true,
      load: () => import('./backbones/latent-flow.ts'),
    },
    omniavatar: systemBackbone(omniavatar, {
      version: 1,
      title: 'OmniAvatar',
      summary: 'Audio-driven video with whole-body movement; reads the prompt; 400x720, 720x720 or 720x400 at 25 fps.',
      params: omniavatarParams,
    }),
    'hunyuan-video-avatar': systemBackbone(hunyuanVideoAvatar, {
      version: 1,
      title: 'HunyuanVideo-Avatar',
      summary:
        'Audio-driven video with emotion; reads the prompt; up to 704x1216 at 25 fps. Its licence forbids to train ' +
        'on what it makes: for comparison only.',
      params: hunyuanParams,
    }),
    'echomimic-v2': systemBackbone(echomimicV2, {
      version: 1,
      title: 'EchoMimicV2',
      summary:
        'Audio-driven half body, 768x768 at 24 fps; hands follow the tracks of a clip, or stay as in the picture.',
      params: echomimicParams,
    }),
    'wan2.1-i2v': systemBackbone(wan21I2v, {
      version: 1,
      title: 'Wan2.1 I2V',
      summary: 'Open-domain video of picture and prompt, without hearing the voice; 480p or 720p at 16 fps.',
      params: wanI2vParams,
    }),
    'wan2.2-s2v': systemBackbone(wan22S2v, {
      version: 1,
      title: 'Wan2.2 S2V',
      summary: 'Audio-driven cinematic video; reads the prompt; 1024x704 of area at 16 fps.',
      params: wanS2vParams,
    }),
    persona: {
      version: 1,
      title: 'PERSONA',
      summary:
        'A film of an avatar that was made of the picture in a checkout of PERSONA, following poses tracked ' +
        'there, for comparison. Its scripts film an avatar (so a backbone); those that make one are not run. ' +
        'Hears nothing; has the aspect of the tracked film.',
      params: personaParams,
      ...persona.backbone,
      lacks: {},
      threads: 1,
      load: () => import('./backbones/persona.ts'),
    },
    command: systemBackbone(videoCommand, {
      version: 1,
      title: 'A program of your own',
      summary:
        'Runs the program `run` of checkouts.video-command with picture, voice, prompt, seconds and seed; a program ' +
        '`score` beside it is a teacher for score distillation.',
      params: videoCommandParams,
      operations: async () => ({ score: (await import('./teacher/score-program.ts')).scoreByProgram }),
    }),
  },
});
