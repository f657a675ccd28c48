import { defineMeasure } from '@soliloquy/stage';
import { openNetwork, weightsText } from '../../networks/open-network.ts';
import { lpipsOf } from '../../networks/picture-features.ts';
import { restsOn } from '../../rests-on.ts';
import { proveSameSize } from '../compare-films.ts';
import { every } from '../every.ts';
import { evaluationInputs } from '../inputs.ts';
import { mean } from '../tracked/statistics.ts';

const ENOUGH = { of: 'frames', enough: 10, why: 'frames of one film differ' };

/** LPIPS of the film and the true clip, whole frames, mean over every so many. */
export const lpips = defineMeasure({
  of: evaluationInputs,
  name: 'lpips',
  version: 1,
  source: 'LPIPS 0.1 on AlexNet, Zhang et al. 2018',
  needs: ['video', 'reference'],
  networks: ['lpips-alex'],
  params: { every },
  figures: {
    lpips: {
      better: 'lower',
      text: 'the film against the true clip of its voice, whole frames',
      series: 'compared frames',
    },
    'lpips/count': { text: 'frames that lpips rests on' },
  },
  async measure({ video, reference }, params, ctx) {
    proveSameSize(video, reference);
    const { width, height } = video;
    const network = await openNetwork('lpips-alex', 'model.onnx', ctx);
    const series: number[] = [];
    try {
      const frames = Math.min(video.frames, reference.frames);
      for (let frame = 0; frame < frames; frame += params.every) {
        await ctx.step(frame, frames, 'lpips');
        for await (const data of video.read(frame, frame + 1))
          for await (const target of reference.read(frame, frame + 1))
            series.push(await lpipsOf(network, { width, height, data }, { width, height, data: target }));
      }
      const reading = restsOn(
        'lpips',
        mean(series),
        { ...ENOUGH, count: series.length },
        { at: weightsText(network), ctx },
      );
      return { lpips: { ...reading, series }, 'lpips/count': series.length };
    } finally {
      await network.dispose();
    }
  },
});
