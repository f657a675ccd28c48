import { videoFromFrames } from '@soliloquy/media';
import type { Audio, Video } from '@soliloquy/ports';
import type { StageContext } from '@soliloquy/stage';

/** What a film says of itself before any frame is painted. */
export interface FilmFacts {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly frames: number;
  readonly audio: Audio;
}

/** Paints frame `index` into what it is given. */
export interface FilmPainter {
  /** u8 [H, W, 4] sRGB */
  frame(index: number, rgba: Uint8ClampedArray): Promise<void>;
  /** u8 [H, W] */
  matte(index: number, coverage: Uint8ClampedArray): Promise<void>;
}

/** A film whose frames are painted when they are read: it is never in memory as a whole. */
export function paintedFilm(
  { width, height, fps, frames, audio }: FilmFacts,
  painter: FilmPainter,
  ctx: Pick<StageContext, 'step'>,
): Video {
  async function* paint(what: 'frames' | 'matte', from: number, to: number) {
    const buffer = new Uint8ClampedArray((what === 'frames' ? 4 : 1) * width * height);
    for (let f = from; f < to; f++) {
      await (what === 'frames' ? painter.frame(f, buffer) : painter.matte(f, buffer));
      await ctx.step(f + 1, frames, what);
      yield buffer;
    }
  }
  const matte = { read: (from = 0, to = frames) => paint('matte', from, to) };
  return videoFromFrames({ width, height, fps, frames, audio, matte }, (from, to) => paint('frames', from, to));
}
