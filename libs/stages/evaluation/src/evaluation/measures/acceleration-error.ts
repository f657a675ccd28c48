import type { Deformation, Gaussians, Video } from '@soliloquy/ports';
import { defineMeasure, StageError } from '@soliloquy/stage';
import { evaluationInputs } from '../inputs.ts';
import { accelerationError, meanMotion, mouthMotion, type PointMotion } from '../motion-measures.ts';
import { particles } from '../particle-motion.ts';

const WHERE = 'mouth and jaw relative to the head';

/** Mean of ‖Δ²p̂ − Δ²p‖ over particles and frames, Δ² the second difference of neighbouring frames. */
export const particleAccelerationError = defineMeasure({
  of: evaluationInputs,
  name: 'acc-err:particles',
  version: 1,
  unit: 'px/frame²',
  better: 'lower',
  text: `acceleration error of the particles, ${WHERE}`,
  source: 'Kanazawa et al. 2019',
  needs: ['video', 'gaussians', 'deformation', 'truth'],
  measure: (given) => ({ value: accelerationError(filmOf(given), truthOf(given)), at: placeOf(given.video) }),
  baselines: {
    still: {
      text: `the same of standing still, ${WHERE}`,
      measure: (given) => ({ value: accelerationError(undefined, truthOf(given)), at: placeOf(given.video) }),
    },
    'mean-clip': {
      text: `the same of the mean clip, ${WHERE}`,
      needs: ['clips'],
      measure: (given) => {
        const clips = given.clips.map((clip, index) =>
          mouthMotion(given.gaussians, particles(`clips[${index}]`, clip)),
        );
        return { value: accelerationError(meanMotion(clips), truthOf(given)), at: placeOf(given.video) };
      },
    },
  },
});

interface Given {
  readonly gaussians: Gaussians;
  readonly deformation: Deformation;
  readonly truth: Deformation;
}

function filmOf({ gaussians, deformation }: Given): PointMotion {
  return mouthMotion(gaussians, particles('deformation', deformation));
}

/** @throws StageError `particle-mismatch` when the true clip was fitted with other particles than the film */
function truthOf(given: Given): PointMotion {
  const truth = mouthMotion(given.gaussians, particles('truth', given.truth));
  const { points } = filmOf(given);
  if (truth.points !== points)
    throw new StageError({
      code: 'stage.particle-mismatch',
      where: 'evaluation.truth',
      expected: `the ${points} particles of mouth and jaw that the film has`,
      got: String(truth.points),
      remedy: 'fit it with the same gaussians and params',
    });
  return truth;
}

function placeOf({ width, height, fps }: Video): string {
  return `film ${width}x${height}, ${fps} fps`;
}
