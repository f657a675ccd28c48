import { pullBackMotion, type MotionLayout } from '@soliloquy/gaussian-codec';
import type { NoiseSchedule } from '@soliloquy/motion-transformer';
import type { Rng } from '@soliloquy/tensor';
import type { CarriedPoints } from './carried-points.ts';
import { rampAt } from './curriculum.ts';
import { drawPlaces, noisedRows, type Place, type RowSize, type StudentVoice } from './judged-rows.ts';
import { addTo, type Term } from './term.ts';
import { trajectoryLoss, type PointWays } from './trajectory-loss.ts';

/** What L_traj is made of. */
export interface FilmScene {
  readonly voices: readonly StudentVoice[];
  /** how the points of each film go */
  readonly ways: readonly PointWays[];
  /** f32 [F, latent] x_0 of each film by its points, standardised */
  readonly clean: readonly Float32Array[];
  readonly carried: CarriedPoints;
  readonly layout: MotionLayout;
  readonly size: RowSize;
  readonly schedule: NoiseSchedule;
}

/** How L_traj is weighted. */
export interface FilmParams {
  readonly traj: number;
  readonly filmBatch: number;
  readonly trajectoryVelocity: number;
  readonly ramp: number;
}

/** L_traj: what the student cleans of films that were noised is compared with how the points of the films went. */
export function filmTerm(scene: FilmScene, params: FilmParams, root: Rng): Term {
  const { size, carried, layout, ways } = scene;
  const rngOf = (step: number): Rng => root.fork(`film ${step}`);
  const placesOf = (step: number): Place[] =>
    drawPlaces(scene.voices, params.filmBatch, size.frames, rngOf(step).fork('places'));
  const Q = carried.points.count;
  return {
    draw: async (step) =>
      noisedRows({ voices: scene.voices, clean: scene.clean, places: placesOf(step) }, { ...scene, rng: rngOf(step) }),
    async judge(step, rows) {
      const factor = (params.traj * rampAt(params, step)) / rows.length;
      let [squares, seen] = [0, 0];
      placesOf(step).forEach(({ voice, from }, b) => {
        const { shifts, visibility } = ways[voice];
        const cut = (values: Float32Array, width: number): Float32Array =>
          values.subarray(from * width, (from + size.frames) * width);
        const part = { shifts: cut(shifts, 2 * Q), visibility: cut(visibility, Q) };
        const loss = trajectoryLoss(carried, rows[b].translations, part, params.trajectoryVelocity);
        addTo(rows[b].gradient, pullBackMotion(layout, loss.gradient), factor);
        squares += loss.squares;
        seen += loss.seen;
      });
      return { trajectory: Math.sqrt(squares / Math.max(1, seen)) };
    },
  };
}
