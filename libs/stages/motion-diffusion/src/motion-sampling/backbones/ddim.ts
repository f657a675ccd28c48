import { openAlignedSpace, type AlignedSpace } from '@soliloquy/gaussian-codec';
import { framesOf } from '@soliloquy/media';
import { audioCondition, openMotionModel } from '@soliloquy/motion-transformer';
import { openEars, type HeardBy } from '@soliloquy/speech-features/hearing';
import { StageError, type RunOf } from '@soliloquy/stage';
import { createRng } from '@soliloquy/tensor';
import { addBlinks } from '../../blinks.ts';
import { denoise } from '../denoise.ts';
import { partVariance, restoreVariance } from '../global-variance.ts';
import type { motionSamplingStage } from '../stage.ts';

/**
 * Motion for a voice of any length: what is heard at each frame conditions the denoising of x_t, the aligned space
 * decodes it, each part gets the variance over time that it has in the clips, and the eyes blink as they do there.
 */
export const run: RunOf<typeof motionSamplingStage, 'ddim'> = async ({ audio, model, space }, params, ctx) => {
  const { fps } = params;
  const wanted = params.frames > 0 ? params.frames : framesOf(audio, fps);
  requireOneHearing(model.card, space.card);
  const ears = await openEars(space.card);
  const opened = await openAlignedSpace(space, ctx.threads);
  const network = await openMotionModel(model, ctx.threads);
  try {
    // A voice shorter than one window is heard with the silence after it, and cut again at the end.
    const frames = Math.max(network.frames, wanted);
    const heard = await ears.hear(audio, { fps, frames });
    const condition = audioCondition(heard.data, await opened.embedAudio(heard.data), frames);
    const x = await denoise(network, network.standardiseAudio(condition, frames), {
      ...params,
      seed: ctx.seed,
      step: (done, total) => ctx.step(done, total, 'noise steps'),
    });
    const latent = network.restoreLatent(x.subarray(0, wanted * network.latent));
    const { rig } = opened;
    let translations = await opened.decode(latent);
    if (params.globalVariance) {
      restoreVariance(latent, wanted, partVariance(translations, rig.regions), network.partVariance);
      translations = await opened.decode(latent);
    }
    if (params.blinks && network.blinks) {
      const rng = createRng(ctx.seed).fork('blinks');
      const blinking = translations.slice();
      addBlinks({ translations: blinking, regions: rig.regions, fps }, network.blinks, rng);
      await addDifference(opened, latent, { from: translations, to: blinking });
      translations = await opened.decode(latent);
    }
    const positions = translations.map((value, i) => value + rig.positions[i % rig.positions.length]);
    return { motion: { frames: wanted, fps, particles: rig.particles, latent, positions } };
  } finally {
    await network.dispose();
    await opened.dispose();
    await ears.dispose();
  }
};

/** Changes x_t, in place, by what E_X makes of a change of the particles: where nothing changes it stays to the bit. */
async function addDifference(
  space: AlignedSpace,
  latent: Float32Array,
  { from, to }: { readonly from: Float32Array; readonly to: Float32Array },
): Promise<void> {
  const [before, after] = [await space.encode(from), await space.encode(to)];
  for (let i = 0; i < latent.length; i++) latent[i] += after[i] - before[i];
}

/** A network that learned to hear one way cannot be told another. Cards without a hearing: mel. */
function requireOneHearing({ hearing: learned = 'mel' }: HeardBy, { hearing = 'mel' }: HeardBy): void {
  if (learned !== hearing)
    throw new StageError({
      code: 'stage.hearing-mismatch',
      where: 'motion-sampling.space',
      expected: `a space that hears by ${learned}, as the model does`,
      got: `one that hears by ${hearing}`,
      remedy: 'connect the space that the model was trained in',
    });
}
