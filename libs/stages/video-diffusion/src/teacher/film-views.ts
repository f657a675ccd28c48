import { StageError } from '@soliloquy/stage';

/** A part of the film as the pixels of a call have it. */
export interface FilmView {
  /** film pixels */
  readonly box: { readonly left: number; readonly top: number; readonly width: number; readonly height: number };
  /** of the view itself */
  readonly width: number;
  readonly height: number;
}

/** One view of all frames, and how what is said of it goes back among the others. */
export interface TakenView {
  /** f32 [F, h, w, 3] */
  readonly pixels: Float32Array;
  readonly frames: number;
  readonly width: number;
  readonly height: number;
  /** f32 [F, h, w, 3] of this view -> f32 [F, px] of all, 0 in the others */
  putBack(gradient: Float32Array): Float32Array;
}

/** A view may end so far from the film's edge, film pixels. */
const EDGE = 1;

/** The first view that shows the whole film. @throws StageError `stage.bad-call` where none does */
export function wholeView(views: readonly FilmView[], film: { width: number; height: number }): number {
  const whole = views.findIndex(
    ({ box }) =>
      box.left <= EDGE &&
      box.top <= EDGE &&
      box.left + box.width >= film.width - EDGE &&
      box.top + box.height >= film.height - EDGE,
  );
  if (whole < 0) throw badCall(`a view of the whole ${film.width}x${film.height} film`, `${views.length} parts of it`);
  return whole;
}

/**
 * @param pixels f32 [F, px] of all views
 * @throws StageError `stage.bad-call` where they are no whole number of frames
 */
export function takeView(pixels: Float32Array, views: readonly FilmView[], index: number): TakenView {
  const sizes = views.map(({ width, height }) => width * height * 3);
  const all = sizes.reduce((sum, size) => sum + size, 0);
  const frames = pixels.length / all;
  if (!Number.isInteger(frames) || frames < 1)
    throw badCall(`f32 [F, ${all}] pixels of the views`, `${pixels.length} numbers`);
  const from = sizes.slice(0, index).reduce((sum, size) => sum + size, 0);
  const size = sizes[index];
  const own = new Float32Array(frames * size);
  for (let f = 0; f < frames; f++) own.set(pixels.subarray(f * all + from, f * all + from + size), f * size);
  return {
    pixels: own,
    frames,
    width: views[index].width,
    height: views[index].height,
    putBack(gradient) {
      const whole = new Float32Array(pixels.length);
      for (let f = 0; f < frames; f++) whole.set(gradient.subarray(f * size, (f + 1) * size), f * all + from);
      return whole;
    },
  };
}

function badCall(expected: string, got: string): StageError {
  return new StageError({
    code: 'stage.bad-call',
    where: 'video-diffusion.command.score.pixels',
    expected,
    got,
    remedy: 'give the pixels of the views that are named',
  });
}
