import { z } from 'zod';
import type { Video } from '@soliloquy/ports';
import { defineMeasure, type StageContext } from '@soliloquy/stage';
import { FVMD_RIDGE, MOTION_WIDTH, motionCells, type Acceleration } from '../../networks/motion-cells.ts';
import { openNetwork, weightsText } from '../../networks/open-network.ts';
import { followByCoTracker, followByFlow, followByPips, type FollowGrid } from '../../networks/window-tracks.ts';
import { filmSetInputs } from '../inputs.ts';
import { distanceFigures, setDistance } from '../set-distance.ts';

const windowStride = z
  .int()
  .min(1)
  .max(1000)
  .default(1)
  .describe('fvmd: frames from one window of 16 frames to the next')
  .meta({ unit: 'frames' });

const TEXT =
  'Fréchet distance of histograms of velocities and accelerations of a 20x20 grid to those of the true films';
const ABOUT = {
  of: 'windows',
  enough: MOTION_WIDTH + 1,
  why: `a covariance of ${MOTION_WIDTH} numbers`,
  ridge: FVMD_RIDGE,
};

interface Films {
  readonly videos: readonly Video[];
  readonly truths: readonly Video[];
}

async function distance<N extends string>(
  name: N,
  { videos, truths }: Films,
  how: { follow: FollowGrid; acceleration: Acceleration; stride: number; at: string; ctx: StageContext },
) {
  const rowsOf = async (films: readonly Video[]): Promise<Float64Array[]> => {
    const rows: Float64Array[] = [];
    for (const [i, film] of films.entries())
      for await (const tracks of how.follow(film, how.stride)) {
        rows.push(motionCells(tracks, how.acceleration));
        await how.ctx.step(i, films.length, name);
      }
    return rows;
  };
  const rows = { made: await rowsOf(videos), truth: await rowsOf(truths) };
  return setDistance(name, rows, { ...ABOUT, at: how.at, ctx: how.ctx });
}

/** FVMD as its published program computes it: tracks by PIPs++, and what that program calls acceleration. */
export const fvmd = defineMeasure({
  of: filmSetInputs,
  name: 'fvmd',
  version: 1,
  source: 'Liu et al. 2024, as its published program: tracks of PIPs++',
  needs: ['videos', 'truths'],
  networks: ['pips2'],
  params: { windowStride },
  figures: distanceFigures('fvmd', `${TEXT}, tracks of PIPs++`, 'windows'),
  async measure(films, params, ctx) {
    const network = await openNetwork('pips2', 'model.onnx', ctx);
    const how = { follow: followByPips(network), acceleration: 'code', stride: params.windowStride, ctx } as const;
    try {
      return await distance('fvmd', films, { ...how, at: weightsText(network) });
    } finally {
      await network.dispose();
    }
  },
});

/** The same histogram and distance on tracks of CoTracker3: not the published FVMD. */
export const fvmdOfCoTracker = defineMeasure({
  of: filmSetInputs,
  name: 'fvmd:cotracker3',
  version: 1,
  source: 'after Liu et al. 2024, on tracks of CoTracker3',
  needs: ['videos', 'truths'],
  networks: ['cotracker3'],
  params: { windowStride },
  figures: distanceFigures('fvmd:cotracker3', `${TEXT}, tracks of CoTracker3`, 'windows'),
  async measure(films, params, ctx) {
    const network = await openNetwork('cotracker3', 'model.onnx', ctx);
    const how = {
      follow: followByCoTracker(network),
      acceleration: 'paper',
      stride: params.windowStride,
      ctx,
    } as const;
    try {
      return await distance('fvmd:cotracker3', films, { ...how, at: weightsText(network) });
    } finally {
      await network.dispose();
    }
  },
});

/** The same histogram and distance on our own dense tracks, with the acceleration that the paper describes. */
export const fvmdOfFlow = defineMeasure({
  of: filmSetInputs,
  name: 'fvmd:lk',
  version: 1,
  source: 'after Liu et al. 2024, on dense Lucas-Kanade flow of our own',
  needs: ['videos', 'truths'],
  params: { windowStride },
  figures: distanceFigures('fvmd:lk', `${TEXT}, tracks of our own dense flow`, 'windows'),
  measure: (films, params, ctx) =>
    distance('fvmd:lk', films, {
      follow: followByFlow,
      acceleration: 'paper',
      stride: params.windowStride,
      at: `every ${params.windowStride} frames`,
      ctx,
    }),
});
