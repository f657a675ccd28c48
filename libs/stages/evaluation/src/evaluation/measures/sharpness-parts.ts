import { laplacianVariance } from '@soliloquy/image-quality';
import { resizeImage } from '@soliloquy/media';
import { defineMeasure } from '@soliloquy/stage';
import { every } from '../every.ts';
import { evaluationInputs } from '../inputs.ts';
import { FilmBoxes } from '../tracked/film-boxes.ts';
import { BOXED } from '../tracked/part-boxes.ts';
import { SeenPerson } from '../tracked/seen-person.ts';
import { mean, median } from '../tracked/statistics.ts';

type Part = 'face' | 'cloth' | 'hands';
const PART_OF = { face: 'face', cloth: 'cloth', leftHand: 'hands', rightHand: 'hands' } as const satisfies Record<
  (typeof BOXED)[number],
  Part
>;
const note = (part: string) =>
  ({
    better: 'higher',
    text: `variance of the Laplacian of the ${part} over that of the picture at film size, median over frames`,
  }) as const;

/** Var(∇²I) of face, clothes and hands where tracking sees them in the film, over that in the picture. */
export const sharpnessOfParts = defineMeasure({
  of: evaluationInputs,
  name: 'sharpness:parts',
  version: 1,
  source: 'Pech-Pacheco et al. 2000, variance of the Laplacian',
  needs: ['video', 'image', 'tracks'],
  params: { every },
  figures: {
    'sharpness:face': note('face'),
    'sharpness:cloth': note('clothes, from shoulders to hips'),
    'sharpness:hands': note('hands, mean of both'),
  },
  async measure(given, params, ctx, share) {
    const { video, image } = given;
    const { width, height } = video;
    const { pictureBoxes } = await import('../tracked/picture-boxes.ts');
    const picture = await resizeImage(image, width, height);
    const shown = await pictureBoxes(picture, ctx);
    const boxes = new FilmBoxes(new SeenPerson(given, 'tracks', share).person, video);
    const ratios: Record<Part, number[]> = { face: [], cloth: [], hands: [] };
    let frame = -1;
    for await (const data of video.read()) {
      ctx.signal.throwIfAborted();
      if (++frame % params.every !== 0 || frame >= given.tracks.frames) continue;
      const seen = boxes.at(frame);
      const now: Record<Part, number[]> = { face: [], cloth: [], hands: [] };
      for (const part of BOXED) {
        const [box, wanted] = [seen[part], shown[part]];
        if (!box || !wanted) continue;
        const inPicture = laplacianVariance(picture.data, width, height, wanted, 4);
        if (inPicture > 0) now[PART_OF[part]].push(laplacianVariance(data, width, height, box, 4) / inPicture);
      }
      for (const part of Object.keys(now) as Part[]) if (now[part].length > 0) ratios[part].push(mean(now[part]));
    }
    return Object.fromEntries(
      Object.entries(ratios).flatMap(([part, values]) =>
        values.length === 0 ? [] : [[`sharpness:${part}`, median(values)]],
      ),
    );
  },
});
