import { z } from 'zod';
import type { Video } from '@soliloquy/ports';
import { defineMeasure } from '@soliloquy/stage';
import { clipLogits, i3dFrame, LOGITS, SHORTEST_CLIP } from '../../networks/clip-features.ts';
import { openNetwork, weightsText } from '../../networks/open-network.ts';
import { filmSetInputs } from '../inputs.ts';
import { distanceFigures, setDistance } from '../set-distance.ts';

const clipFrames = z
  .int()
  .min(SHORTEST_CLIP)
  .max(1000)
  .default(16)
  .describe('fvd: films are cut into clips of so many frames, one after the other')
  .meta({ unit: 'frames' });

/** Fréchet distance of I3D's logits of clips of the films to those of the true films. */
export const fvd = defineMeasure({
  of: filmSetInputs,
  name: 'fvd',
  version: 1,
  source: "Unterthiner et al. 2018, I3D of Kinetics-400; steps of StyleGAN-V's",
  needs: ['videos', 'truths'],
  networks: ['i3d-kinetics-400'],
  params: { clipFrames },
  figures: distanceFigures('fvd', "Fréchet distance of I3D's logits of clips to those of the true films", 'clips'),
  async measure({ videos, truths }, params, ctx) {
    const network = await openNetwork('i3d-kinetics-400', 'model.onnx', ctx);
    const logitsOf = async (films: readonly Video[]): Promise<Float64Array[]> => {
      const rows: Float64Array[] = [];
      for (const [i, film] of films.entries())
        for (let first = 0; first + params.clipFrames <= film.frames; first += params.clipFrames) {
          await ctx.step(i, films.length, 'fvd');
          const clip: Float32Array[] = [];
          const { width, height } = film;
          for await (const data of film.read(first, first + params.clipFrames))
            clip.push(i3dFrame({ width, height, data }));
          rows.push(await clipLogits(network, clip));
        }
      return rows;
    };
    try {
      const rows = { made: await logitsOf(videos), truth: await logitsOf(truths) };
      const at = `clips of ${params.clipFrames} frames, ${weightsText(network)}`;
      const why = `a covariance of ${LOGITS} numbers`;
      return await setDistance('fvd', rows, { of: 'clips', enough: LOGITS + 1, why, at, ctx });
    } finally {
      await network.dispose();
    }
  },
});
