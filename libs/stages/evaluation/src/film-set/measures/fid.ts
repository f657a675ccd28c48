import type { Video } from '@soliloquy/ports';
import { defineMeasure } from '@soliloquy/stage';
import { every } from '../../evaluation/every.ts';
import { openNetwork, weightsText } from '../../networks/open-network.ts';
import { POOL3, pool3 } from '../../networks/picture-features.ts';
import { filmSetInputs } from '../inputs.ts';
import { distanceFigures, setDistance } from '../set-distance.ts';

/** Fréchet distance of Inception's pool3 of every so many frames of the films to those of the true films. */
export const fid = defineMeasure({
  of: filmSetInputs,
  name: 'fid',
  version: 1,
  source: 'Heusel et al. 2017, as pytorch-fid',
  needs: ['videos', 'truths'],
  networks: ['inception-pool3'],
  params: { every },
  figures: distanceFigures(
    'fid',
    "Fréchet distance of Inception's pool3 of frames to those of the true films",
    'frames',
  ),
  async measure({ videos, truths }, params, ctx) {
    const sizeOf = ({ width, height }: Video) => ({ width, height });
    const network = await openNetwork('inception-pool3', 'model.onnx', ctx);
    const featuresOf = async (films: readonly Video[]): Promise<Float64Array[]> => {
      const rows: Float64Array[] = [];
      for (const [i, film] of films.entries())
        for (let frame = 0; frame < film.frames; frame += params.every) {
          await ctx.step(i, films.length, 'fid');
          for await (const data of film.read(frame, frame + 1))
            rows.push(await pool3(network, { ...sizeOf(film), data }));
        }
      return rows;
    };
    try {
      const rows = { made: await featuresOf(videos), truth: await featuresOf(truths) };
      const why = `a covariance of ${POOL3} numbers`;
      return await setDistance('fid', rows, { of: 'frames', enough: POOL3, why, at: weightsText(network), ctx });
    } finally {
      await network.dispose();
    }
  },
});
