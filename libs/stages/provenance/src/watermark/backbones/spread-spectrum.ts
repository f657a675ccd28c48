import { videoFromFrames, type Video } from '@soliloquy/media';
import type { RunOf } from '@soliloquy/stage';
import { markFilm, markIdOf } from '@soliloquy/watermark';
import type { watermarkStage } from '../stage.ts';

export const run: RunOf<typeof watermarkStage, 'spread-spectrum'> = ({ video }, { mark }, ctx) => {
  const film = mark ? markFilm(video, markIdOf(ctx.key)) : video;
  const { matte: _matte, ...header } = film;
  const read = async function* (from: number, to: number): ReturnType<Video['read']> {
    let done = from;
    for await (const frame of film.read(from, to)) {
      done += 1;
      await ctx.step(done, film.frames, 'frames');
      yield frame;
    }
  };
  return { video: videoFromFrames(header, read) };
};
