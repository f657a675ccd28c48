import { evenSize, framesOf } from '@soliloquy/media';
import { requireSameShape, type RunOf } from '@soliloquy/stage';
import { paintedFilm } from '../painted-film.ts';
import { mannerOf } from '../puppet/gestures/manner.ts';
import { heardLips } from '../puppet/heard-lips.ts';
import { puppetMotion } from '../puppet/motion.ts';
import { bodyMeans } from '../puppet/picture-means.ts';
import { takeApart } from '../puppet/prepare-scene.ts';
import { puppetRenderer } from '../puppet/render.ts';
import type { videoDiffusionStage } from '../stage.ts';

/** The picture warped by the voice. Frames are painted when they are read, so no film is ever in memory as a whole. */
export const run: RunOf<typeof videoDiffusionStage, 'puppet'> = async (
  { image, landmarks, background, audio, prompt },
  params,
  ctx,
) => {
  requireSameShape('video-diffusion.landmarks', image, landmarks);
  const { fps, expressiveness } = params;
  const frames = params.frames > 0 ? params.frames : framesOf(audio, fps);
  const { width, height } = evenSize(image.width, image.height, params.area);
  const lips = await heardLips(audio, { fps, frames });
  const film = { fps, frames, seed: ctx.seed, expressiveness, manner: mannerOf(prompt), lips };
  const taken = await takeApart({ image, landmarks, width, height });
  const motion = puppetMotion(audio, film, bodyMeans(landmarks, taken));
  ctx.signal.throwIfAborted();
  const renderer = await puppetRenderer({ image, landmarks, background, taken, width, height }, motion, {
    device: ctx.device,
    threads: 1,
  });
  return { video: paintedFilm({ width, height, fps, frames, audio }, renderer, ctx) };
};
