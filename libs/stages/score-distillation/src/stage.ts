import { z } from 'zod';
import { alignedSpace } from '@soliloquy/gaussian-codec/port';
import { latentFlowInput } from '@soliloquy/latent-flow/port';
import { motionModel } from '@soliloquy/motion-transformer/port';
import { audio, backbone, deformation, gaussians, image, landmarks, metrics, tracks, video } from '@soliloquy/ports';
import { defineStage } from '@soliloquy/stage';
import { DISTILLATION_FIGURES } from './figures.ts';

const weight = (value: number) => z.number().min(0).max(1000).default(value);
const share = (value: number) => z.number().min(0).max(1).default(value);
const rows = (value: number) => z.int().min(1).max(256).default(value);

/** What is learned in a step, and how much each term counts. */
const TERMS = {
  steps: z.int().min(1).max(10_000_000).default(400).describe('Training steps'),
  batch: rows(6).describe('Sequences of clips in a batch, for L_simple'),
  scoreBatch: rows(4).describe('Sequences of voices in a batch, for L_vsd'),
  filmBatch: rows(4).describe('Sequences of films in a batch, for L_traj'),
  learningRate: z.number().positive().max(1).default(5e-4).describe('Peak of AdamW; warm-up and cosine'),
  vsd: weight(0.5).describe('Weight of L_vsd, the score of the teacher; 0: no voices are scored'),
  traj: weight(1).describe("Weight of L_traj, how points move in the teacher's films; 0: none is looked at"),
  render: weight(0.2).describe('Weight of L1 + SSIM of clips drawn again; 0: none is drawn'),
  refine: z
    .boolean()
    .default(false)
    .describe('Teach a refinement of face and hands afterwards, half as many steps: it knows the number of a frame'),
  rigidity: weight(0.02).describe('Weight of kNN distance preservation (ARAP); 0: not computed'),
};

/** How the teacher is asked. */
const SCORING = {
  tauMin: share(0.02).describe('Least noise that the teacher is asked at, of its noise steps'),
  tauFirst: share(0.6).describe('Most noise that it is asked at in the first step'),
  tauMax: share(0.35).describe('Most noise that it is asked at in the last step; from the first one linearly'),
  guidance: z.number().min(0).max(10).default(1).describe('How much the voice counts for the teacher; 1: as learned'),
  hops: z.int().min(2).max(8).default(4).describe('DDIM steps that a sequence of a voice has come along, at most'),
  idle: share(0.1).describe('Weight of torso, arms and head in L_vsd, which a voice hardly moves; the mouth has 1'),
  exactEvery: z
    .int()
    .min(1)
    .max(100_000)
    .default(20)
    .describe('Steps from one gradient through the renderer to the next; between them it is linearised')
    .meta({ unit: 'steps' }),
  ramp: z
    .int()
    .min(0)
    .max(1_000_000)
    .default(50)
    .describe('Steps in which the weights of L_vsd and L_traj rise from 0')
    .meta({ unit: 'steps' }),
  teacherHears: z
    .enum(['own', 'another'])
    .default('own')
    .describe("Which voice the teacher is told: that of the sequence, or, as a control, the next one's"),
};

export const scoreDistillationStage = defineStage({
  id: 'score-distillation',
  version: 1,
  title: 'Score distillation',
  summary: 'Trains a motion model on with the score of a video diffusion teacher and with the motion of its films.',
  inputs: {
    model: { type: motionModel, summary: 'the motion diffusion transformer to go on from' },
    space: { type: alignedSpace, summary: 'the space of x_t' },
    gaussians: { type: gaussians, summary: 'the person at rest' },
    background: { type: image, summary: 'what is behind the person' },
    image: { type: image, summary: 'the picture that the teacher knows the person by' },
    landmarks: { type: landmarks, summary: 'points of that picture' },
    deformation: { type: deformation, summary: 'ΔG_t of every clip', gathers: 'clip' },
    audio: { type: audio, summary: 'the voice of every clip', gathers: 'clip' },
    videos: { type: video, summary: 'the film of every clip; for render', gathers: 'clip', optional: true },
    voices: { type: audio, summary: 'voices without clips; for vsd', gathers: 'voice', optional: true },
    tracks: { type: tracks, summary: "points of the teacher's films; for traj", gathers: 'film', optional: true },
    filmVoices: { type: audio, summary: 'the voices of these films', gathers: 'film', optional: true },
    teacher: {
      type: backbone,
      summary: 'a backbone that offers score; latent-flow in this process where it is not connected',
      optional: true,
    },
    teacherModel: latentFlowInput,
  },
  params: z.object({ ...TERMS, ...SCORING }),
  outputs: {
    model: { type: motionModel, summary: 'the model, trained on' },
    metrics: { type: metrics, summary: 'what each term came to, agreement, variance' },
  },
  backbones: {
    distill: {
      version: 2,
      title: 'Distillation',
      summary:
        'Scores of a constant encoder of renders, exact and linearised; tracks of films; renders; AdamW and EMA.',
      params: z.object({
        view: z
          .int()
          .min(16)
          .max(1024)
          .default(64)
          .describe('Width of the two pictures that the encoder sees: whole body and face')
          .meta({ unit: 'pixels' }),
        poses: z.int().min(20).max(4096).default(256).describe('Frames of the clips that the encoder is fitted on'),
        audioNoise: z
          .number()
          .min(0)
          .max(10)
          .default(0.6)
          .describe('Deviation of the noise that is added to what is heard in clips, of its own deviation'),
        velocityWeight: weight(3).describe('Weight of the loss on frame-to-frame differences of clips'),
        trajectoryVelocity: weight(10).describe('Weight of frame-to-frame motion in L_traj, beside positions'),
        keepVariance: z
          .boolean()
          .default(true)
          .describe('Leave a part out of L_vsd while it moves less than half as much as in the clips (variance)'),
        teacherSeconds: z
          .number()
          .positive()
          .max(86_400)
          .default(600)
          .describe('Longest time that a called teacher may take for one score')
          .meta({ unit: 's' }),
      }),
      threads: 'all',
      threadsMatter: true,
      load: () => import('./backbones/distill.ts'),
    },
  },
  defaultBackbone: 'distill',
  measures: { metrics: DISTILLATION_FIGURES },
});
