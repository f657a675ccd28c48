import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { evenSize, videoFromFrames } from '@soliloquy/media';
import { StageError, type RunOf } from '@soliloquy/stage';
import { puppetMotion } from '../puppet/motion.ts';
import { puppetRenderer } from '../puppet/render.ts';
import type { videoDiffusionStage } from '../stage.ts';

/** Frames between two times that messages (cancelling above all) are let in. */
const FRAMES_BETWEEN_YIELDS = 4;

/** The picture warped by the voice. Frames are painted when they are read, so no film is ever in memory as a whole. */
export const run: RunOf<typeof videoDiffusionStage, 'puppet'> = async (
  { image, landmarks, background, audio },
  params,
  ctx,
) => {
  const ratio = (landmarks.width / landmarks.height) * (image.height / image.width);
  if (ratio < 0.98 || ratio > 1.02) {
    throw new StageError({
      code: 'stage.landmarks-size',
      where: 'video-diffusion.landmarks',
      expected: `points of a ${image.width}x${image.height} picture`,
      got: `${landmarks.width}x${landmarks.height}`,
      remedy: 'give the landmarks of this picture',
    });
  }
  const { fps, expressiveness } = params;
  const frames =
    params.frames > 0 ? params.frames : Math.max(1, Math.ceil((audio.samples.length / audio.sampleRate) * fps - 1e-9));
  const { width, height } = evenSize(image.width, image.height, params.area);
  const motion = puppetMotion(audio, { fps, frames, seed: ctx.seed, expressiveness });
  ctx.signal.throwIfAborted();
  const renderer = await puppetRenderer({ image, landmarks, background, width, height }, motion, {
    device: ctx.device,
    threads: 1,
  });

  async function* paint(
    from: number,
    to: number,
    size: number,
    what: string,
    work: (index: number, buffer: Uint8ClampedArray) => Promise<void>,
  ) {
    const buffer = new Uint8ClampedArray(size);
    for (let f = from; f < to; f++) {
      ctx.signal.throwIfAborted();
      await work(f, buffer);
      ctx.progress(f + 1, frames, what);
      if (f % FRAMES_BETWEEN_YIELDS === 0) await yieldToEvents();
      yield buffer;
    }
  }

  const matte = {
    read: (from = 0, to = frames) =>
      paint(from, to, width * height, 'matte', (index, coverage) => renderer.matte(index, coverage)),
  };
  const video = videoFromFrames({ width, height, fps, frames, audio, matte }, (from, to) =>
    paint(from, to, 4 * width * height, 'frames', (index, rgba) => renderer.frame(index, rgba)),
  );
  return { video };
};
