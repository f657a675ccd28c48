import { z } from 'zod';
import { flowClip } from '@soliloquy/latent-flow/clip-port';
import { latentFlow } from '@soliloquy/latent-flow/port';
import { TRANSFORMER_PARAMS } from '@soliloquy/motion-transformer/params';
import { metrics } from '@soliloquy/ports';
import { ALL_AXES, defineStage } from '@soliloquy/stage';
import { FLOW_TRAINING_FIGURES } from './figures.ts';

const components = (count: number, part: string) =>
  z.int().min(1).max(64).default(count).describe(`Principal components of the ${part}`);

/** Learns how people move when they talk: flow-clips of any axes -> model<latent-flow>. */
export const latentFlowTrainingStage = defineStage({
  id: 'latent-flow-training',
  version: 1,
  title: 'Latent flow, training',
  summary: 'Fits the basis of the flow of points over all films, and trains the diffusion model of its latents.',
  inputs: {
    flow: { type: flowClip, summary: 'what each film teaches', gathers: ALL_AXES },
  },
  params: z.object({
    steps: z.int().min(1).max(10_000_000).default(4000).describe('Training steps'),
    batch: z.int().min(1).max(1024).default(8).describe('Sequences in a batch'),
    learningRate: z
      .number()
      .positive()
      .max(1)
      .default(0.0015)
      .describe('Peak learning rate of AdamW; warm-up and cosine'),
    frames: z
      .int()
      .min(8)
      .max(10_000)
      .default(125)
      .describe('T, frames that are made at once')
      .meta({ unit: 'frames' }),
    noiseSteps: z.int().min(2).max(10_000).default(200).describe('Diffusion steps of the cosine schedule'),
    heldOut: z
      .string()
      .max(1000)
      .default('')
      .describe('What the films leave out on purpose, for the card: figures, sentences and voices to judge by'),
  }),
  outputs: {
    model: { type: latentFlow, summary: 'denoiser, basis and card' },
    metrics: { type: metrics, summary: 'training loss, clips learned from' },
  },
  backbones: {
    transformer: {
      version: 1,
      title: 'Transformer',
      summary: 'Noisy latents beside what is heard, who it is and how; predicts clean latents; AdamW and EMA.',
      params: z.object({
        torsoWidth: components(6, 'torso'),
        armsWidth: components(14, 'arms and hands'),
        headWidth: components(8, 'head'),
        mouthWidth: components(8, 'mouth'),
        ...TRANSFORMER_PARAMS,
        slowMotion: z
          .number()
          .nonnegative()
          .max(60)
          .default(0.3)
          .describe(
            'A film is also learned with what is slower than this (deviation of a Gaussian mean) of other films of ' +
              'the same arms, since a voice hardly says it; 0: only as it is',
          )
          .meta({ unit: 's' }),
        arms: z
          .enum(['own', 'others'])
          .default('others')
          .describe(
            'Whose arms each film is also learned with: those of other films of the same arms, shifted to where both ' +
              'voices are loud together, since a voice says when hands move and hardly how; or only its own',
          ),
        audioNoise: z
          .number()
          .min(0)
          .max(10)
          .default(0.3)
          .describe('Deviation of the noise on what is told, of its own deviation'),
        velocityWeight: z
          .number()
          .nonnegative()
          .max(1000)
          .default(2)
          .describe('Weight of the loss on frame-to-frame differences'),
      }),
      threads: 'all',
      threadsMatter: true,
      load: () => import('./backbones/transformer.ts'),
    },
  },
  defaultBackbone: 'transformer',
  measures: { metrics: FLOW_TRAINING_FIGURES },
});
