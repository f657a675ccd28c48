import { viewsOfStep, type CheckedFit } from '../fit.ts';
import { sumOfWeights } from '../image-loss-input.ts';
import { restOf } from '../validate.ts';
import type { SceneSize } from './gpu-buffers.ts';
import { FIRST_FRAME, tilesOf } from './gpu-scene.ts';

/** What of a fit stays the same from step to step, worked out once. */
export interface FitPlan {
  readonly problem: CheckedFit;
  /** spherical harmonics beyond the first, for each Gaussian and channel */
  readonly rest: number;
  /** of each view */
  readonly pixels: readonly number[];
  /** of each view */
  readonly tiles: readonly number[];
  /** where each view's pixels begin among those of all */
  readonly firstPixels: readonly number[];
  /** of all views */
  readonly allPixels: number;
  /** whether any view has a picture for its background */
  readonly images: boolean;
  /** sum of the pixel weights of each view */
  readonly totals: readonly number[];
  /** uniform blocks of a step: its views, what concludes it, updates of the canonical set and of each view's offsets */
  readonly blocks: number;
  /** how often each frame's offsets were updated up to and with each step */
  readonly visits: readonly ReadonlyMap<number, number>[];
}

export function planFit(problem: CheckedFit): FitPlan {
  const { views } = problem;
  const pixels = views.map(({ camera }) => camera.width * camera.height);
  return {
    problem,
    rest: restOf(problem.gaussians),
    pixels,
    tiles: views.map(({ camera }) => tilesOf(camera)[0] * tilesOf(camera)[1]),
    firstPixels: pixels.map((_, v) => pixels.slice(0, v).reduce((sum, count) => sum + count, 0)),
    allPixels: pixels.reduce((sum, count) => sum + count, 0),
    images: views.some(({ background }) => background.length !== 3),
    totals: views.map(({ weights }, v) => sumOfWeights(weights, pixels[v])),
    blocks: 2 * problem.batch + 2,
    visits: visitsOf(problem),
  };
}

/** What the fit needs of the device, with room for so many tile entries. */
export function reservationOf(
  { problem, rest, pixels, tiles, allPixels, images, blocks }: FitPlan,
  entries: number,
): SceneSize {
  const { count, frames, batch, reportEvery, bounds } = problem;
  return {
    count,
    rest,
    frames,
    pixels: Math.max(...pixels),
    tiles: Math.max(...tiles),
    allPixels,
    stepTiles: batch * Math.max(...tiles),
    backgroundPixels: images ? allPixels : 0,
    entries,
    uniforms: FIRST_FRAME + reportEvery * blocks,
    backward: true,
    adam: true,
    bounded: bounds !== undefined,
  };
}

/** How often each frame's offsets were updated up to and with each step. */
function visitsOf(problem: CheckedFit): ReadonlyMap<number, number>[] {
  const counts = new Map<number, number>();
  return Array.from({ length: problem.steps }, (_, step) => {
    const seen = new Set(viewsOfStep(problem, step).flatMap((v) => problem.views[v].frame ?? []));
    const now = new Map<number, number>();
    for (const frame of seen) {
      counts.set(frame, (counts.get(frame) ?? 0) + 1);
      now.set(frame, counts.get(frame) ?? 0);
    }
    return now;
  });
}
