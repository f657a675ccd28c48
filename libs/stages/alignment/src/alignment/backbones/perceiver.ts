import { numpy as np } from '@jax-js/jax';
import {
  AUDIO_CONTEXT,
  audioWindows,
  contrastive,
  createMotionLayout,
  decodeMotion,
  embedAudio,
  EMBEDDING_WIDTH,
  embedMotion,
  encodeMotion,
  initAlignedSpace,
  initMotionCodec,
  LATENT_WIDTH,
  openAlignedSpace,
  packAlignedSpace,
  standardiseMotion,
  unit,
} from '@soliloquy/gaussian-codec';
import { StageError, type RunOf } from '@soliloquy/stage';
import { createRng, createTrainer, warmupCosine } from '@soliloquy/tensor';
import { readClips } from '../clips.ts';
import { PATCH, retrieval } from '../retrieval.ts';
import type { alignmentStage } from '../stage.ts';

const HEADS = 4;
const TEMPERATURE = 0.1;
/**
 * Deviation of the noise on x_t while decoding is learned, of a latent of unit scale: nearby latents decode to nearby
 * motion, which diffusion needs.
 */
const LATENT_NOISE = 0.05;

export const run: RunOf<typeof alignmentStage, 'perceiver'> = async ({ deformation, audio }, params, ctx) => {
  const clips = readClips(deformation, audio);
  const short = clips.find((clip) => clip.deformation.frames < PATCH);
  if (short)
    throw new StageError({
      code: 'stage.clip-short',
      where: 'alignment.deformation',
      expected: `clips of at least ${PATCH} frames`,
      got: `one of ${short.deformation.frames}`,
      remedy: 'make longer clips',
    });
  const rig = clips[0].deformation;
  const layout = createMotionLayout(
    rig.positions,
    rig.regions,
    clips.map((clip) => clip.deformation.translations),
  );
  const motions = clips.map((clip) => standardiseMotion(layout, clip.deformation.translations));
  const heard = clips.map((clip) => audioWindows(clip.features, clip.deformation.frames, clip.width));
  const features = clips[0].width;
  const context = 2 * AUDIO_CONTEXT + 1;

  const rng = createRng(ctx.seed);
  const frames = params.patches * PATCH;
  const tokenSize = layout.tokens * 3;
  const heardSize = context * features;
  const draw = rng.fork('patches');
  const noise = rng.fork('noise');
  /** Patches from everywhere in all clips, one after the other. */
  const batch = () => {
    const tokens = new Float32Array(frames * tokenSize);
    const windows = new Float32Array(frames * heardSize);
    for (let patch = 0; patch < params.patches; patch++) {
      const [pick, start] = draw.uniform([2]).data;
      const clip = Math.floor(pick * clips.length);
      const from = Math.floor(start * (clips[clip].deformation.frames - PATCH + 1));
      tokens.set(motions[clip].subarray(from * tokenSize, (from + PATCH) * tokenSize), patch * PATCH * tokenSize);
      windows.set(heard[clip].subarray(from * heardSize, (from + PATCH) * heardSize), patch * PATCH * heardSize);
    }
    return {
      tokens: { shape: [frames, layout.tokens, 3], data: tokens },
      windows: { shape: [frames, context, features], data: windows },
      noise: noise.normal([frames, LATENT_WIDTH]),
    };
  };

  const size = { latents: params.latents, width: params.width, heads: HEADS, hidden: params.hidden };
  const trainer = await createTrainer({
    name: 'alignment',
    params: {
      codec: initMotionCodec(rng.fork('codec'), layout, size),
      space: initAlignedSpace(rng.fork('space'), { features, width: params.width }),
    },
    batchExample: batch(),
    loss: (p, { tokens, windows, noise }) => {
      const latent = encodeMotion(p.codec, tokens.ref, layout, HEADS);
      const decoded = decodeMotion(p.codec, latent.ref.add(noise.mul(LATENT_NOISE)), layout);
      const reconstruction = np.square(decoded.sub(tokens)).mean();
      // Keeps the latent near unit scale, where the noise above means something.
      const spread = np.square(latent.ref).mean().mul(1e-3);
      const motion = embedMotion(p.space, latent);
      const voice = embedAudio(p.space, windows, HEADS);
      // Per frame: five of each patch, five frames apart, so that a neighbour is no negative.
      const thin = (x: np.Array): np.Array =>
        x
          .reshape([params.patches, PATCH / 5, 5, EMBEDDING_WIDTH])
          .slice([], [], 2, [])
          .reshape([params.patches * (PATCH / 5), EMBEDDING_WIDTH]);
      const pool = (x: np.Array): np.Array => unit(x.reshape([params.patches, PATCH, EMBEDDING_WIDTH]).mean(1));
      const perFrame = contrastive(thin(voice.ref), thin(motion.ref), TEMPERATURE);
      const perPatch = contrastive(pool(voice), pool(motion), TEMPERATURE);
      const loss = reconstruction.ref.add(spread).add(perFrame.ref.add(perPatch.ref).mul(params.contrastWeight));
      return { loss, aux: { reconstruction, perFrame, perPatch } };
    },
    optimizer: {
      kind: 'adamw',
      learningRate: warmupCosine({
        peak: params.learningRate,
        warmup: Math.min(20, params.steps / 10),
        total: params.steps,
      }),
      clipNorm: 1,
      weightDecay: 0.01,
    },
    ema: 0.98,
    threads: ctx.threads,
  });
  const curves = { reconstruction: [] as number[], perFrame: [] as number[], perPatch: [] as number[] };
  try {
    for (let step = 0; step < params.steps; step++) {
      const { aux } = await trainer.step(batch());
      for (const name of Object.keys(curves) as (keyof typeof curves)[]) curves[name].push(aux[name]);
      ctx.progress(step + 1, params.steps, `reconstruction ${aux.reconstruction.toFixed(4)}`);
      await new Promise(setImmediate);
      ctx.signal.throwIfAborted();
    }
    const { codec, space } = trainer.emaParams();
    const model = packAlignedSpace({
      rig,
      layout,
      codec,
      space,
      heads: HEADS,
      features,
      card: { steps: params.steps, curves },
    });
    const opened = await openAlignedSpace(model, ctx.threads);
    try {
      let error = 0;
      let energy = 0;
      const ranks: number[] = [];
      for (const [index, clip] of clips.entries()) {
        const latent = await opened.encode(clip.deformation.translations);
        const decoded = standardiseMotion(layout, await opened.decode(latent));
        for (let i = 0; i < decoded.length; i++) {
          error += (decoded[i] - motions[index][i]) ** 2;
          energy += motions[index][i] ** 2;
        }
        ranks.push(
          retrieval(await opened.embedAudio(clip.features), await opened.embedMotion(latent), EMBEDDING_WIDTH),
        );
      }
      return {
        model,
        metrics: {
          values: { unexplained: error / energy, retrieval: ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length },
          about: {
            unexplained: {
              better: 'lower' as const,
              text: 'share of the standardised motion that the decoder does not give back',
            },
            retrieval: {
              better: 'higher' as const,
              text:
                'how often a 25-frame patch of motion is nearer to its own voice than to that of another time in ' +
                'the clip; 0.5 is chance',
            },
          },
          curves,
        },
      };
    } finally {
      await opened.dispose();
    }
  } finally {
    await trainer.dispose();
  }
};
