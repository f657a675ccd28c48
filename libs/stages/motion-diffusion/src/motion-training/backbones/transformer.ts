import { openAlignedSpace } from '@soliloquy/gaussian-codec';
import { learnedClips, meanPartVariance, openEyed, voicedClips } from '@soliloquy/motion-clips';
import {
  cosineSchedule,
  denoisingLoss,
  initMotionTransformer,
  packMotionModel,
  standardise,
  trainingBatches,
} from '@soliloquy/motion-transformer';
import { openEars } from '@soliloquy/speech-features/hearing';
import { metricsOf, StageError, type RunOf } from '@soliloquy/stage';
import { createRng, meanOfLastTenth, train, warmupCosine } from '@soliloquy/tensor';
import { TRAINING_FIGURES } from '../figures.ts';
import type { motionTrainingStage } from '../stage.ts';

/**
 * The motion diffusion transformer learns to clean noisy motion for a voice: clips become x_t and audio conditions in
 * the aligned space, both are standardised, and AdamW with EMA minimises the denoising loss.
 */
export const run: RunOf<typeof motionTrainingStage, 'transformer'> = async (
  { deformation, audio, space },
  params,
  ctx,
) => {
  const { frames, noiseSteps, width, layers, heads, reach, steps } = params;
  if (width % heads !== 0)
    throw new StageError({
      code: 'stage.bad-params',
      where: 'motion-training.params.heads',
      expected: `a divisor of the width ${width}`,
      got: `${heads}`,
      remedy: 'change one of them',
    });
  const { clips: voiced, blinks } = openEyed(voicedClips(deformation, audio, { frames, stage: 'motion-training' }));
  const opened = await openAlignedSpace(space, ctx.threads);
  const ears = await openEars(space.card).catch(async (error) => {
    await opened.dispose();
    throw error;
  });
  const clips = await learnedClips(voiced, { space: opened, ears }, params).finally(async () => {
    await ears.dispose();
    await opened.dispose();
  });
  const widthOf = (rows: Float32Array): number => rows.length / clips[0].frames;
  const size = {
    latent: widthOf(clips[0].latents[0]),
    audio: widthOf(clips[0].condition),
    width,
    layers,
    heads,
    reach,
  };
  const motionScale = standardise(
    clips.flatMap(({ latents }) => latents),
    size.latent,
  );
  const audioScale = standardise(
    clips.map(({ condition }) => condition),
    size.audio,
  );
  const rng = createRng(ctx.seed);
  const { emaParams, curves } = await train({
    name: 'motion-training',
    batch: trainingBatches(clips, cosineSchedule(noiseSteps), { ...size, ...params }, rng),
    params: initMotionTransformer(rng.fork('transformer'), size),
    loss: denoisingLoss(size, params.velocityWeight),
    optimizer: {
      kind: 'adamw',
      learningRate: warmupCosine({ peak: params.learningRate, warmup: Math.min(30, steps / 10), total: steps }),
      clipNorm: 1,
      weightDecay: 0.02,
    },
    ema: 0.99,
    threads: ctx.threads,
    steps,
    signal: ctx.signal,
    scalar: ctx.scalar,
    onStep: ({ step, aux }) => ctx.progress(step, steps, `loss ${aux.simple.toFixed(4)}`),
  });
  const losses = curves.simple;
  return {
    model: packMotionModel({
      params: emaParams,
      size,
      frames,
      noiseSteps,
      motion: motionScale,
      audio: audioScale,
      partVariance: meanPartVariance(voiced),
      blinks,
      card: { steps, losses, ...ears.heardBy },
    }),
    metrics: metricsOf(TRAINING_FIGURES, { loss: meanOfLastTenth(losses) }, { curves: { loss: losses } }),
  };
};
