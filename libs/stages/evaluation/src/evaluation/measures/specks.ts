import { speckShare } from '@soliloquy/image-quality';
import { alphaOf, resizeImage } from '@soliloquy/media';
import type { Video } from '@soliloquy/ports';
import { defineMeasure } from '@soliloquy/stage';
import { every } from '../every.ts';
import { evaluationInputs } from '../inputs.ts';
import { mean } from '../tracked/statistics.ts';

/** Levels of 255 that a speck is from its neighbourhood's median. */
const LEVELS = 40;

/** Specks of the person in the film over those in the picture at the film's size. */
export const specks = defineMeasure({
  of: evaluationInputs,
  name: 'specks:film',
  version: 1,
  better: 'lower',
  text:
    `share of the person's pixels that differ by more than ${LEVELS} of 255 in some channel from the median of their ` +
    '5x5 neighbourhood, mean over frames, over that of the picture at film size',
  source: 'detection of impulses by the median, Sun and Neuvo 1994',
  needs: ['video', 'image'],
  params: { every },
  async measure({ video, image }, params, ctx) {
    const { width, height } = video;
    const picture = await resizeImage(image, width, height);
    const mask = alphaOf(picture).map((value) => (value > 0.5 ? 1 : 0));
    const inPicture = speckShare({ width, height, data: picture.data, mask }, LEVELS);
    if (Number.isNaN(inPicture)) return undefined;
    const shares: number[] = [];
    let index = 0;
    const mattes = masksOf(video);
    for await (const data of video.read()) {
      const own = (await mattes?.next())?.value as Uint8ClampedArray | undefined;
      if (index++ % params.every === 0) {
        const share = speckShare({ width, height, data, mask: own?.map((value) => value >> 7) ?? mask }, LEVELS);
        if (!Number.isNaN(share)) shares.push(share);
      }
      ctx.signal.throwIfAborted();
    }
    // A picture without any is taken to have one: the figure stays finite.
    const least = 1 / mask.reduce((sum, value) => sum + value, 0);
    return shares.length === 0 ? undefined : mean(shares) / Math.max(inPicture, least);
  },
});

/** Where the person is, frame by frame, if the film says it; else they are taken to be where the picture has them. */
function masksOf(video: Video): AsyncIterator<Uint8ClampedArray> | undefined {
  return video.matte?.read()[Symbol.asyncIterator]();
}
