import { fitHeld, type LinearEncoder } from '@soliloquy/latent-flow';
import type { LearnedClip } from '@soliloquy/motion-transformer';
import type { Tracks } from '@soliloquy/ports';
import { StageError } from '@soliloquy/stage';
import type { CarriedPoints } from './carried-points.ts';
import type { PointWays } from './trajectory-loss.ts';

/** λ of the ridge regression. */
const RIDGE = 1e-3;

/** x_t of points: how the motion of a film would be on the avatar. */
export interface PointMotion {
  /** R², mean over the numbers that vary, on frames that were not fitted on */
  readonly r2: number;
  /** f32 [F, latent] standardised of shifts f32 [F, Q, 2] */
  read(shifts: Float32Array): Float32Array;
}

/**
 * Fits x_t to the points of the clips, by ridge regression: the points of the avatar where its particles carry them,
 * against x_t of E_X.
 *
 * @param clips.translations f32 [F, P, 3] world
 * @param clips.learned      x_t, standardised, of the same clips
 */
export function fitPointMotion(
  carried: CarriedPoints,
  clips: readonly { readonly translations: Float32Array; readonly learned: LearnedClip }[],
): PointMotion {
  const width = 2 * carried.points.count;
  const count = clips.reduce((sum, { learned }) => sum + learned.frames, 0);
  const latent = clips[0].learned.latents[0].length / clips[0].learned.frames;
  const [shifts, latents] = [new Float32Array(count * width), new Float32Array(count * latent)];
  let row = 0;
  for (const { translations, learned } of clips) {
    shifts.set(carried.shifts(translations), row * width);
    latents.set(learned.latents[0], row * latent);
    row += learned.frames;
  }
  const mean = meanOf(latents, latent);
  const rest = meanOf(shifts, width);
  const less = (values: Float32Array, from: Float32Array) => values.map((value, i) => value - from[i % from.length]);
  const { encoder, r2 } = fitHeld(
    { count, width, data: less(shifts, rest) },
    { count, width: latent, data: less(latents, mean) },
    RIDGE,
  );
  const varying = r2.filter((value) => value !== 0);
  return {
    r2: varying.reduce((sum, value) => sum + value, 0) / Math.max(1, varying.length),
    read: (given) => apply(encoder, less(given, rest), mean),
  };
}

function meanOf(rows: Float32Array, width: number): Float32Array {
  const mean = new Float64Array(width);
  rows.forEach((value, i) => (mean[i % width] += (value * width) / rows.length));
  return Float32Array.from(mean);
}

function apply({ matrix, pixels, latent }: LinearEncoder, rows: Float32Array, mean: Float32Array): Float32Array {
  const frames = rows.length / pixels;
  const out = new Float32Array(frames * latent);
  for (let f = 0; f < frames; f++)
    for (let k = 0; k < latent; k++) {
      let sum = mean[k];
      for (let i = 0; i < pixels; i++) sum += matrix[k * pixels + i] * rows[f * pixels + i];
      out[f * latent + k] = sum;
    }
  return out;
}

/**
 * Tracks of a film of the same picture as ways of the avatar's points.
 *
 * @throws StageError `stage.other-points` for tracks of other points
 */
export function waysOf(carried: CarriedPoints, tracks: Tracks, index: number): PointWays {
  const { points } = carried;
  if (tracks.points !== points.count)
    throw new StageError({
      code: 'stage.other-points',
      where: `score-distillation.tracks[${index}]`,
      expected: `the ${points.count} points of a person`,
      got: `${tracks.points}`,
      remedy: 'track the film with the backbone points, from the picture that is connected here',
    });
  const [sx, sy] = [carried.width / tracks.width, carried.height / tracks.height];
  const shifts = tracks.positions.map(
    (value, i) => value * (i % 2 === 0 ? sx : sy) - points.positions[i % (2 * points.count)],
  );
  return { shifts, visibility: tracks.visibility };
}
