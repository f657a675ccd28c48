import {
  createMotionLayout,
  initAlignedSpace,
  initMotionCodec,
  openAlignedSpace,
  packAlignedSpace,
} from '@soliloquy/gaussian-codec';
import { openEars } from '@soliloquy/speech-features/hearing';
import { metricsOf, type RunOf } from '@soliloquy/stage';
import { createRng, train, warmupCosine } from '@soliloquy/tensor';
import { alignmentLoss } from '../alignment-loss.ts';
import { heardClips } from '../clips.ts';
import { ALIGNMENT_FIGURES } from '../figures.ts';
import { judgeAlignment } from '../judge-alignment.ts';
import type { alignmentStage } from '../stage.ts';
import { trainingPatches } from '../training-patches.ts';

const HEADS = 4;

/**
 * Perceivers over particles and over audio learn together: motion becomes x_t and back, and x_t and voice meet in one
 * space. AdamW with EMA; what is judged and kept are the averaged parameters, as they are exported.
 */
export const run: RunOf<typeof alignmentStage, 'perceiver'> = async ({ deformation, audio }, params, ctx) => {
  const { steps, width, patches, contrastWeight, patchWeight } = params;
  const ears = await openEars({ hearing: params.hearing });
  const clips = await heardClips(deformation, audio, ears).finally(() => ears.dispose());
  const rig = clips[0].deformation;
  const features = clips[0].width;
  const layout = createMotionLayout(
    rig.positions,
    rig.regions,
    clips.map((clip) => clip.deformation.translations),
  );
  const rng = createRng(ctx.seed);
  const size = { latents: params.latents, width, heads: HEADS, hidden: params.hidden };
  const { emaParams, curves } = await train({
    name: 'alignment',
    batch: trainingPatches(clips, layout, patches, rng),
    params: {
      codec: initMotionCodec(rng.fork('codec'), layout, size),
      space: initAlignedSpace(rng.fork('space'), { features, width }),
    },
    loss: alignmentLoss({ layout, heads: HEADS, patches, contrastWeight, patchWeight }),
    optimizer: {
      kind: 'adamw',
      learningRate: warmupCosine({ peak: params.learningRate, warmup: Math.min(20, steps / 10), total: steps }),
      clipNorm: 1,
      weightDecay: 0.01,
    },
    ema: 0.98,
    threads: ctx.threads,
    steps,
    signal: ctx.signal,
    scalar: ctx.scalar,
    onStep: ({ step, aux }) => ctx.progress(step, steps, `reconstruction ${aux.reconstruction.toFixed(4)}`),
  });
  const card = { steps, curves, ...ears.heardBy };
  const model = packAlignedSpace({ rig, layout, ...emaParams, heads: HEADS, features, card });
  const space = await openAlignedSpace(model, ctx.threads);
  const judged = await judgeAlignment(space, layout, clips).finally(() => space.dispose());
  return { model, metrics: metricsOf(ALIGNMENT_FIGURES, judged, { curves }) };
};
