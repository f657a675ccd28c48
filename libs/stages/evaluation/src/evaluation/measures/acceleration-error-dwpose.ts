import { defineMeasure } from '@soliloquy/stage';
import { restsOn } from '../../rests-on.ts';
import { proveSameSize } from '../compare-films.ts';
import { evaluationInputs } from '../inputs.ts';
import { pathAccelerationError } from '../tracked/acceleration.ts';

const PARTS = ['body', 'face', 'hand'] as const;
type Name = `acc-err:dwpose:${(typeof PARTS)[number]}`;
const ENOUGH = { of: 'frames', enough: 25, why: 'a second of motion' };

const figures = {
  ...(Object.fromEntries(
    PARTS.map((part) => [
      `acc-err:dwpose:${part}`,
      {
        unit: 'px/frame²',
        better: 'lower',
        text: `acceleration error of the ${part}'s points, of those that both see`,
      },
    ]),
  ) as Record<Name, { unit: string; better: 'lower'; text: string }>),
  'acc-err:dwpose/count': { text: 'frames that acc-err:dwpose rests on' },
};

/** Acc. Err over the joints of body, face and hands, of the points that both films show. */
export const poseAccelerationError = defineMeasure({
  of: evaluationInputs,
  name: 'acc-err:dwpose',
  version: 1,
  source: 'Kanazawa et al. 2019, on points of DWPose-l 384x288',
  needs: ['video', 'reference'],
  networks: ['dwpose'],
  figures,
  async measure({ video, reference }, _params, ctx, share) {
    proveSameSize(video, reference);
    const { pathsOfPart, posesOfFilm } = await import('../../networks/poses-of-film.ts');
    const made = await posesOfFilm('video', video, { every: 1, ctx, share });
    const truth = await posesOfFilm('reference', reference, { every: 1, ctx, share });
    const count = Math.min(made.poses.length, truth.poses.length);
    const at = `film ${video.width}x${video.height}, ${video.fps} fps, ${made.weights}`;
    const entries = PARTS.flatMap((part) => {
      const [own, right] = [made, truth].map((of) => pathsOfPart(of, part));
      const error = pathAccelerationError(own.map((path, i) => ({ made: path, truth: right[i] })));
      const name: Name = `acc-err:dwpose:${part}`;
      return error === undefined ? [] : [[name, restsOn(name, error, { ...ENOUGH, count }, { at, ctx })] as const];
    });
    return { ...Object.fromEntries(entries), 'acc-err:dwpose/count': count };
  },
});
