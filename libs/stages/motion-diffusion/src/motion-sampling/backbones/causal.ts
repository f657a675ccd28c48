import { openAlignedSpace } from '@soliloquy/gaussian-codec';
import { framesOf } from '@soliloquy/media';
import { MotionStream, streamNetworks } from '@soliloquy/motion-stream';
import { openMotionModel } from '@soliloquy/motion-transformer';
import { openEarsOfStream, type HeardBy } from '@soliloquy/speech-features/hearing';
import { isStreamed, STREAMED_HEARINGS } from '@soliloquy/speech-features/stream-ears';
import { StageError, type RunOf } from '@soliloquy/stage';
import { finishMotion, requireOneHearing } from '../finish-motion.ts';
import type { motionSamplingStage } from '../stage.ts';

/**
 * Motion for a voice as a live avatar makes it: the sound comes in pieces of so many frames, what is heard is heard
 * without what follows, and what is fixed stays.
 */
export const run: RunOf<typeof motionSamplingStage, 'causal'> = async ({ audio, model, space }, params, ctx) => {
  const { fps, piece, lookAhead, steps, held, eta, guidance, blinks } = params;
  requireOneHearing(model.card, space.card);
  requireStreamed(space.card);
  const wanted = params.frames > 0 ? params.frames : framesOf(audio, fps);
  const { ears, dispose } = await openEarsOfStream(space.card, { sampleRate: audio.sampleRate, fps });
  const opened = await openAlignedSpace(space, ctx.threads);
  const network = await openMotionModel(model, ctx.threads);
  try {
    const stream = new MotionStream(streamNetworks(network, opened), {
      steps,
      held,
      eta,
      guidance,
      // A frame is heard when there is sound so far beyond its middle.
      lookAhead: Math.max(0, Math.round((lookAhead * fps) / 1000 - ears.reach * fps)),
      seed: ctx.seed,
    });
    const x = new Float32Array(wanted * network.latent);
    const at = (frame: number): number => Math.round((frame * audio.sampleRate) / fps);
    for (let from = 0; stream.frames < wanted; from += piece) {
      const isLast = from + piece >= wanted;
      // After the voice's end there is silence.
      const sound = new Float32Array(at(from + piece) - at(from));
      sound.set(audio.samples.subarray(at(from), at(from + piece)));
      await ears.push(sound);
      if (isLast) await ears.end();
      const first = stream.frames;
      const made = await stream.advance(ears, isLast);
      x.set(made.subarray(0, x.length - first * network.latent), first * network.latent);
      ears.forget(stream.needs);
      await ctx.step(Math.min(stream.frames, wanted), wanted, 'frames');
    }
    const finish = { fps, blinks, globalVariance: false, seed: ctx.seed };
    return { motion: await finishMotion(network.restoreLatent(x), { space: opened, network }, finish) };
  } finally {
    await network.dispose();
    await opened.dispose();
    await dispose();
  }
};

/** Not every way to hear is told while somebody speaks. */
function requireStreamed({ hearing = 'mel' }: HeardBy): void {
  if (isStreamed(hearing)) return;
  throw new StageError({
    code: 'stage.hearing-mismatch',
    where: 'motion-sampling.space',
    expected: `a space that hears by ${STREAMED_HEARINGS.join(' or ')}, which are told piece by piece`,
    got: `one that hears by ${hearing}`,
    remedy: 'sample with the backbone ddim, or learn with another hearing',
  });
}
