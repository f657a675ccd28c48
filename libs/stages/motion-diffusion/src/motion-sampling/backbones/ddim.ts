import { openAlignedSpace } from '@soliloquy/gaussian-codec';
import { framesOf } from '@soliloquy/media';
import { audioCondition, denoise, openMotionModel } from '@soliloquy/motion-transformer';
import { openEars } from '@soliloquy/speech-features/hearing';
import type { RunOf } from '@soliloquy/stage';
import { finishMotion, requireOneHearing } from '../finish-motion.ts';
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
    return { motion: await finishMotion(latent, { space: opened, network }, { ...params, seed: ctx.seed }) };
  } finally {
    await network.dispose();
    await opened.dispose();
    await ears.dispose();
  }
};
