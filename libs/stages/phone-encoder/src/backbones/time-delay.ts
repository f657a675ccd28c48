import { hopsHeard, initPhoneNetwork, packPhoneEncoder } from '@soliloquy/speech-features/phone-encoder';
import { metricsOf, type RunOf } from '@soliloquy/stage';
import { createRng, meanOfLastTenth, train, warmupCosine } from '@soliloquy/tensor';
import { PHONE_TRAINING_FIGURES } from '../figures.ts';
import { phoneLoss } from '../phone-loss.ts';
import type { phoneEncoderTrainingStage } from '../stage.ts';
import { requirePairs, timedClip, type TimedClip } from '../timed-clips.ts';
import { hopsOf, trainingSequences } from '../training-sequences.ts';

/** Blocks whose taps lie one stride apart; those of later ones lie two apart. */
const NEAR_BLOCKS = 3;

/** A time-delay network learns to name the phone of each hop; what is kept are the averaged parameters. */
export const run: RunOf<typeof phoneEncoderTrainingStage, 'time-delay'> = async ({ audio, timings }, params, ctx) => {
  const { steps, width, code, blocks, lookAhead } = params;
  const size = {
    width,
    code,
    dilations: Array.from({ length: blocks }, (_, block) => (block < NEAR_BLOCKS ? 1 : 2)),
  };
  const before = hopsHeard(size);
  requirePairs(audio, timings);
  const silence = { before, atLeast: hopsOf(params.moments) };
  const clips: TimedClip[] = [];
  for (const [index, clip] of audio.entries()) {
    await ctx.step(0, steps, `hearing clip ${index + 1} of ${audio.length}`);
    clips.push(timedClip(clip, timings[index], index, silence));
  }
  const rng = createRng(ctx.seed);
  const { emaParams, curves, losses } = await train({
    name: 'phone-encoder-training',
    batch: trainingSequences(clips, { batch: params.batch, moments: params.moments, before, lookAhead }, rng),
    params: initPhoneNetwork(rng.fork('network'), size),
    loss: phoneLoss(size),
    optimizer: {
      kind: 'adamw',
      learningRate: warmupCosine({ peak: params.learningRate, warmup: Math.min(30, steps / 10), total: steps }),
      clipNorm: 1,
      weightDecay: 0.02,
    },
    ema: 0.995,
    threads: ctx.threads,
    steps,
    signal: ctx.signal,
    scalar: ctx.scalar,
    onStep: ({ step, loss }) => ctx.progress(step, steps, `loss ${loss.toFixed(3)}`),
  });
  const judged = { loss: meanOfLastTenth(losses), accuracy: meanOfLastTenth(curves.accuracy) };
  return {
    model: packPhoneEncoder({
      params: emaParams,
      size,
      lookAhead,
      card: {
        steps,
        seed: ctx.seed,
        threads: ctx.threads,
        clips: clips.length,
        seconds: heardSeconds(clips),
        ...judged,
      },
    }),
    metrics: metricsOf(PHONE_TRAINING_FIGURES, judged, { curves: { loss: losses, accuracy: curves.accuracy } }),
  };
};

function heardSeconds(clips: readonly TimedClip[]): number {
  return Math.round(clips.reduce((sum, { hops }) => sum + hops, 0) / 100);
}
