import { numpy as np } from '@jax-js/jax';
import { openAlignedSpace } from '@soliloquy/gaussian-codec';
import {
  audioCondition,
  cosineSchedule,
  initMotionTransformer,
  motionTransformer,
} from '@soliloquy/motion-transformer';
import { PARTS, type ParticleDeformation } from '@soliloquy/ports';
import { speechFeatures } from '@soliloquy/speech-features';
import { metricsOf, StageError, type RunOf } from '@soliloquy/stage';
import { createRng, createTrainer, exportOnnx, sourceCommit, warmupCosine } from '@soliloquy/tensor';
import { encodeSafetensors } from '@soliloquy/tensor/safetensors';
import { partVariance } from '../../motion-sampling/global-variance.ts';
import { withSlowMotionOf } from '../../motion-sampling/slow-motion.ts';
import { TRAINING_FIGURES } from '../figures.ts';
import type { motionTrainingStage } from '../stage.ts';

/**
 * Deviation of the noise that is added to the audio condition in training, of its own deviation. Without it a handful
 * of clips is known by heart: an unheard voice then gives the motion of whichever clip sounds most like it, or their
 * mean, with 0.3 to 0.4 of their variance (measured at 0.1 and 0.35).
 */
const AUDIO_NOISE = 0.6;
/** Share of sequences that hear nothing: the motion without a voice, which sampling is guided away from. */
const UNHEARD = 0.1;

/** What the saved network takes and gives, as its metadata says it. */
const PORTS = {
  x: 'noisy x_t, f32 [1, T, latent], less mean and over deviation',
  audio: 'what is heard at each frame, f32 [1, T, audio], less mean and over deviation',
  tau: 'noise step, f32 [1]',
  start: 'number of the first frame, f32 [1]',
  clean: 'x_t without its noise, f32 [1, T, latent], less mean and over deviation',
};

/**
 * Clips after a clip whose slow motion it is learned with: as many as tell apart what is idle, and no more work than
 * that for a hundred clips.
 */
const PARTNERS = 8;

export const run: RunOf<typeof motionTrainingStage, 'transformer'> = async (
  { deformation, audio, space },
  params,
  ctx,
) => {
  if (params.width % params.heads !== 0)
    throw new StageError({
      code: 'stage.bad-params',
      where: 'motion-training.params.heads',
      expected: `a divisor of the width ${params.width}`,
      got: `${params.heads}`,
      remedy: 'change one of them',
    });
  if (deformation.length !== audio.length)
    throw new StageError({
      code: 'stage.clip-mismatch',
      where: 'motion-training.audio',
      expected: `${deformation.length} voices, one for each deformation`,
      got: `${audio.length}`,
      remedy: 'gather both over the same clips',
    });
  const T = params.frames;
  const opened = await openAlignedSpace(space, ctx.threads);
  const clips: ParticleDeformation[] = [];
  /** x_t of each clip: as it is, then with the slow motion of other clips */
  const latents: Float32Array[][] = [];
  const conditions: Float32Array[] = [];
  try {
    for (const [index, clip] of deformation.entries()) {
      if (clip.kind !== 'particles')
        throw new StageError({
          code: 'stage.deformation-kind',
          where: `motion-training.deformation[${index}]`,
          expected: 'a deformation by particles',
          got: `a ${clip.kind} one`,
          remedy: 'fit with control-nodes',
        });
      if (clip.frames < T)
        throw new StageError({
          code: 'stage.clip-short',
          where: `motion-training.deformation[${index}]`,
          expected: `at least T = ${T} frames`,
          got: `${clip.frames}`,
          remedy: 'lower params.frames or make longer clips',
        });
      clips.push(clip);
      const heard = speechFeatures(audio[index], { fps: clip.fps, frames: clip.frames });
      conditions.push(audioCondition(heard.data, await opened.embedAudio(heard.data), clip.frames));
    }
    for (const [index, clip] of clips.entries()) {
      const next = [...clips.slice(index + 1), ...clips.slice(0, index)].slice(0, params.slowMotion > 0 ? PARTNERS : 0);
      const others = next.filter((other) => other.frames === clip.frames && other.fps === clip.fps);
      const own = [await opened.encode(clip.translations)];
      for (const other of others) own.push(await opened.encode(withSlowMotionOf(clip, other, params.slowMotion)));
      latents.push(own);
    }
  } finally {
    await opened.dispose();
  }
  const width = latents[0][0].length / deformation[0].frames;
  const audioWidth = conditions[0].length / deformation[0].frames;
  const partVariances = new Float32Array(PARTS.length);
  for (const { translations, regions } of clips)
    partVariance(translations, regions).forEach((variance, part) => (partVariances[part] += variance / clips.length));
  const motionScale = standardise(latents.flat(), width);
  const audioScale = standardise(conditions, audioWidth);

  const schedule = cosineSchedule(params.noiseSteps);
  const size = {
    latent: width,
    audio: audioWidth,
    width: params.width,
    layers: params.layers,
    heads: params.heads,
    reach: params.reach,
  };
  const rng = createRng(ctx.seed);
  const draw = rng.fork('batch');
  const noiseStream = rng.fork('noise');
  const B = params.batch;
  const batch = () => {
    const clean = new Float32Array(B * T * width);
    const heard = new Float32Array(B * T * audioWidth);
    const noisy = noiseStream.normal([B, T, width]).data;
    const jitter = noiseStream.normal([B, T, audioWidth]).data;
    const tau = new Float32Array(B);
    const start = new Float32Array(B);
    for (let b = 0; b < B; b++) {
      const [pick, which, from, when, where] = draw.uniform([5]).data;
      const clip = Math.floor(pick * latents.length);
      const first = Math.floor(from * (deformation[clip].frames - T + 1));
      const ways = latents[clip];
      clean.set(ways[Math.floor(which * ways.length)].subarray(first * width, (first + T) * width), b * T * width);
      heard.set(conditions[clip].subarray(first * audioWidth, (first + T) * audioWidth), b * T * audioWidth);
      tau[b] = Math.floor(when * params.noiseSteps);
      start[b] = Math.floor(where * 1000);
      const signal = Math.sqrt(schedule.alphaBar[tau[b]]);
      const noise = Math.sqrt(1 - schedule.alphaBar[tau[b]]);
      for (let i = b * T * width; i < (b + 1) * T * width; i++) noisy[i] = signal * clean[i] + noise * noisy[i];
    }
    for (let i = 0; i < heard.length; i++) heard[i] += AUDIO_NOISE * jitter[i];
    for (let b = 0; b < B; b++)
      if (draw.uniform([1]).data[0] < UNHEARD) heard.fill(0, b * T * audioWidth, (b + 1) * T * audioWidth);
    return {
      clean: { shape: [B, T, width], data: clean },
      x: { shape: [B, T, width], data: noisy },
      audio: { shape: [B, T, audioWidth], data: heard },
      tau: { shape: [B], data: tau },
      start: { shape: [B], data: start },
    };
  };
  const trainer = await createTrainer({
    name: 'motion-training',
    params: initMotionTransformer(rng.fork('transformer'), size),
    batchExample: batch(),
    loss: (p, { clean, ...inputs }) => {
      const error = motionTransformer(p, inputs, size).sub(clean);
      const simple = np.square(error.ref).mean();
      const velocity = np.square(error.ref.slice([], [1], []).sub(error.slice([], [0, -1], []))).mean();
      return { loss: simple.ref.add(velocity.ref.mul(params.velocityWeight)), aux: { simple, velocity } };
    },
    optimizer: {
      kind: 'adamw',
      learningRate: warmupCosine({
        peak: params.learningRate,
        warmup: Math.min(30, params.steps / 10),
        total: params.steps,
      }),
      clipNorm: 1,
      weightDecay: 0.02,
    },
    ema: 0.99,
    threads: ctx.threads,
  });
  try {
    const losses: number[] = [];
    for (let step = 0; step < params.steps; step++) {
      const { aux } = await trainer.step(batch());
      losses.push(aux.simple);
      ctx.progress(step + 1, params.steps, `loss ${aux.simple.toFixed(4)}`);
      await new Promise(setImmediate);
      ctx.signal.throwIfAborted();
    }
    const example = batch();
    const one = (name: 'x' | 'audio' | 'tau' | 'start') => ({
      shape: [1, ...example[name].shape.slice(1)],
      data: example[name].data.slice(0, example[name].data.length / B),
    });
    const normalisation = {
      x: { mean: [...motionScale.mean], deviation: [...motionScale.scale] },
      audio: { mean: [...audioScale.mean], deviation: [...audioScale.scale] },
    };
    const network = exportOnnx(
      (p, inputs) => ({ clean: motionTransformer(p, inputs, size) }),
      trainer.emaParams(),
      { x: one('x'), audio: one('audio'), tau: one('tau'), start: one('start') },
      { kind: 'motion', ports: PORTS, normalisation, commit: sourceCommit() },
    );
    const vector = (data: Float32Array) => ({ shape: [data.length], data });
    const recent = losses.slice(-Math.max(1, Math.floor(losses.length / 10)));
    return {
      model: {
        kind: 'motion',
        files: {
          'transformer.onnx': network,
          'scales.safetensors': encodeSafetensors({
            motionMean: vector(motionScale.mean),
            motionScale: vector(motionScale.scale),
            partVariance: vector(partVariances),
            audioMean: vector(audioScale.mean),
            audioScale: vector(audioScale.scale),
          }),
        },
        card: { frames: T, noiseSteps: params.noiseSteps, ...size, steps: params.steps, losses },
      },
      metrics: metricsOf(
        TRAINING_FIGURES,
        { loss: recent.reduce((sum, value) => sum + value, 0) / recent.length },
        { curves: { loss: losses } },
      ),
    };
  } finally {
    await trainer.dispose();
  }
};

/** Subtracts the mean of each column over all clips and divides by its deviation, in place. */
function standardise(clips: readonly Float32Array[], width: number): { mean: Float32Array; scale: Float32Array } {
  const rows = clips.reduce((sum, clip) => sum + clip.length / width, 0);
  const mean = new Float32Array(width);
  const scale = new Float32Array(width);
  for (let column = 0; column < width; column++) {
    let sum = 0;
    let squares = 0;
    for (const clip of clips) {
      for (let i = column; i < clip.length; i += width) {
        sum += clip[i];
        squares += clip[i] * clip[i];
      }
    }
    mean[column] = sum / rows;
    scale[column] = Math.sqrt(Math.max(0, squares / rows - (sum / rows) ** 2)) + 1e-3;
    for (const clip of clips)
      for (let i = column; i < clip.length; i += width) clip[i] = (clip[i] - mean[column]) / scale[column];
  }
  return { mean, scale };
}
