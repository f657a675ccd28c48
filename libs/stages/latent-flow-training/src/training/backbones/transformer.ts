import { APPEARANCE, canonicalParts, fitBasis, tokenLayout, type FlowBasis } from '@soliloquy/latent-flow';
import type { FlowClip } from '@soliloquy/latent-flow/clip-port';
import { MANNER_NUMBERS, mouthOfHead, packLatentFlow, type Manners } from '@soliloquy/latent-flow/motion';
import {
  cosineSchedule,
  denoisingLoss,
  initMotionTransformer,
  standardise,
  trainingBatches,
  type LearnedClip,
  type Scale,
} from '@soliloquy/motion-transformer';
import { metricsOf, StageError, type RunOf } from '@soliloquy/stage';
import { createRng, meanOfLastTenth, train, warmupCosine, type Rng } from '@soliloquy/tensor';
import { FLOW_TRAINING_FIGURES } from '../figures.ts';
import { learnedFlow } from '../learned-flow.ts';
import type { latentFlowTrainingStage } from '../stage.ts';
import { corpusDigest, usableClips } from '../usable-clips.ts';

/** The basis is fitted on every third frame: neighbours say nearly the same. */
const BASIS_STRIDE = 3;
/** Poses that a model keeps for who fits an encoder to somebody. */
const BANK = 512;

/**
 * Basis and denoiser of a corpus: principal components of all tokens, then the diffusion transformer that cleans their
 * latents beside what is heard, AdamW with EMA on the denoising loss.
 */
export const run: RunOf<typeof latentFlowTrainingStage, 'transformer'> = async ({ flow }, params, ctx) => {
  const { frames, noiseSteps, width, layers, heads, reach, steps } = params;
  if (width % heads !== 0)
    throw new StageError({
      code: 'stage.bad-params',
      where: 'latent-flow-training.params.heads',
      expected: `a divisor of the width ${width}`,
      got: `${heads}`,
      remedy: 'change one of them',
    });
  const usable = usableClips(flow, frames, ctx.log);
  const layout = tokenLayout({ parts: canonicalParts() });
  const rows = rowsOf(usable);
  const basis = fitBasis(layout, rows, {
    torso: params.torsoWidth,
    arms: params.armsWidth,
    head: params.headWidth,
    mouth: params.mouthWidth,
  });
  const clips = learnedFlow(usable, { layout, basis, mouth: mouthOfHead(layout, rows) }, params);
  const variance = varianceOf(clips, basis.width + APPEARANCE.length);
  const bank = bankOf(clips, variance.length, createRng(ctx.seed).fork('bank'));
  const motion = scaleAppearance(clips, basis);
  const audio = standardise(
    clips.map(({ condition }) => condition),
    clips[0].condition.length / clips[0].frames,
  );
  const size = { latent: motion.mean.length, audio: audio.mean.length, width, layers, heads, reach };
  const rng = createRng(ctx.seed);
  const { emaParams, curves } = await train({
    name: 'latent-flow-training',
    batch: trainingBatches(clips, cosineSchedule(noiseSteps), { ...size, ...params }, rng),
    params: initMotionTransformer(rng.fork('transformer'), size),
    loss: denoisingLoss(size, params.velocityWeight),
    optimizer: {
      kind: 'adamw',
      learningRate: warmupCosine({ peak: params.learningRate, warmup: Math.min(50, steps / 10), total: steps }),
      clipNorm: 1,
      weightDecay: 0.02,
    },
    ema: 0.995,
    threads: ctx.threads,
    steps,
    signal: ctx.signal,
    scalar: ctx.scalar,
    onStep: ({ step, aux }) => ctx.progress(step, steps, `loss ${aux.simple.toFixed(4)}`),
  });
  const losses = curves.simple;
  const judged = { loss: meanOfLastTenth(losses), clips: usable.length };
  const { fps, phoneEncoder } = usable[0];
  return {
    model: packLatentFlow({
      params: emaParams,
      size,
      frames,
      fps,
      noiseSteps,
      basis,
      motion,
      audio,
      variance,
      bank,
      manners: mannersOf(usable),
      phoneEncoder,
      card: {
        ...judged,
        steps,
        batch: params.batch,
        seed: ctx.seed,
        threads: ctx.threads,
        corpus: corpusDigest(usable),
        seconds: Math.round(usable.reduce((sum, clip) => sum + clip.frames / clip.fps, 0)),
        heldOut: params.heldOut,
      },
    }),
    metrics: metricsOf(FLOW_TRAINING_FIGURES, judged, { curves: { loss: losses } }),
  };
};

/** f32 [N, D] */
function rowsOf(clips: readonly FlowClip[]): Float32Array {
  const rows = clips.flatMap(({ tokens, frames }) => {
    const width = tokens.length / frames;
    return Array.from({ length: Math.ceil(frames / BASIS_STRIDE) }, (_, i) =>
      tokens.subarray(i * BASIS_STRIDE * width, (i * BASIS_STRIDE + 1) * width),
    );
  });
  const all = new Float32Array(rows.length * rows[0].length);
  rows.forEach((row, i) => all.set(row, i * row.length));
  return all;
}

/**
 * Brings the appearance of all latents to mean 0 and deviation 1, in place. The components of motion stay as they are:
 * half whitened, the fine ones small beside the noise.
 */
function scaleAppearance(clips: readonly LearnedClip[], { width }: FlowBasis): Scale {
  const latent = width + APPEARANCE.length;
  const latents = clips.flatMap((clip) => clip.latents);
  const looks = latents.map((rows) => rows.filter((_, i) => i % latent >= width));
  const { mean, scale } = standardise(looks, APPEARANCE.length);
  latents.forEach((rows, l) =>
    looks[l].forEach((value, i) => {
      rows[Math.floor(i / APPEARANCE.length) * latent + width + (i % APPEARANCE.length)] = value;
    }),
  );
  return {
    mean: Float32Array.from({ length: latent }, (_, i) => (i < width ? 0 : mean[i - width])),
    scale: Float32Array.from({ length: latent }, (_, i) => (i < width ? 1 : scale[i - width])),
  };
}

/** f32 [latent] variance over time of each number of the clips as they are, mean over the clips. */
function varianceOf(clips: readonly LearnedClip[], latent: number): Float32Array {
  const variance = new Float32Array(latent);
  for (const {
    frames,
    latents: [rows],
  } of clips)
    for (let k = 0; k < latent; k++) {
      let [sum, squares] = [0, 0];
      for (let i = k; i < rows.length; i += latent) [sum, squares] = [sum + rows[i], squares + rows[i] ** 2];
      variance[k] += (squares / frames - (sum / frames) ** 2) / clips.length;
    }
  return variance;
}

/** f32 [N, latent] frames drawn from anywhere in the clips as they are. */
function bankOf(clips: readonly LearnedClip[], latent: number, rng: Rng): Float32Array {
  const bank = new Float32Array(BANK * latent);
  const draws = rng.uniform([BANK, 2]).data;
  for (let i = 0; i < BANK; i++) {
    const {
      frames,
      latents: [rows],
    } = clips[Math.floor(draws[2 * i] * clips.length)];
    const from = Math.floor(draws[2 * i + 1] * frames) * latent;
    bank.set(rows.subarray(from, from + latent), i * latent);
  }
  return bank;
}

/** First, fifth and ninth decile of each number. */
function mannersOf(clips: readonly FlowClip[]): Manners {
  const decile = (share: number): Float32Array =>
    Float32Array.from(MANNER_NUMBERS, (_, i) => {
      const sorted = clips.map(({ manner }) => manner[i]).sort((a, b) => a - b);
      return sorted[Math.round(share * (sorted.length - 1))];
    });
  return { low: decile(0.1), usual: decile(0.5), high: decile(0.9) };
}
