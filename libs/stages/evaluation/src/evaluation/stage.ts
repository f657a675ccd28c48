import { z } from 'zod';
import { Fault } from '@soliloquy/fault';
import { metrics } from '@soliloquy/ports';
import {
  defineStage,
  figuresOfMeasures,
  networksOfMeasures,
  paramsOfMeasures,
  type AnyStage,
  type Measure,
} from '@soliloquy/stage';
import { networksNeed, networksParam } from '../networks/network-names.ts';
import { evaluationInputs } from './inputs.ts';
import { ownMeasures } from './own-measures.ts';

/** The stage with a list of measures: from them come its params and the figures that it may give. */
function evaluationOf(measures: readonly Measure[]) {
  return {
    ...defineStage({
      id: 'evaluation',
      version: 1,
      title: 'Evaluation',
      summary:
        'Measures a film and its motion: against the picture, against the true clip of the same voice, ' +
        'and against the clips that were learned from.',
      inputs: evaluationInputs,
      params: z.object(paramsOfMeasures(measures)),
      outputs: { metrics: { type: metrics, summary: 'all figures by name' } },
      backbones: {
        measures: {
          version: 1,
          title: 'Measures',
          summary: 'Every measure whose inputs are connected, and whose networks are named.',
          params: z.object({ networks: networksParam(networksOfMeasures(measures)) }),
          needs: [networksNeed],
          load: async () => ({ run: (await import('./backbones/measures.ts')).runOf(measures) }),
        },
      },
      defaultBackbone: 'measures',
      measures: { metrics: figuresOfMeasures(measures) },
    }),
    takes: measures,
  };
}

export const evaluationStage = evaluationOf(ownMeasures);

/**
 * The evaluation stage with measures added to those that it has. Their params become the stage's; a graph can expect
 * their figures; their versions are part of the key of every task that gives them.
 *
 * @param stage `evaluationStage`, or what this gave before; further backbones of it stay
 * @throws Fault `evaluation.not-evaluation` when the stage takes no measures, `stage.bad-declaration` when two measures
 *   have one name, one figure or one param, or one needs an input that the stage has not
 */
export function withMeasures(stage: AnyStage, measures: readonly Measure[]): AnyStage {
  if (!('takes' in stage))
    throw new Fault({
      code: 'evaluation.not-evaluation',
      where: 'withMeasures',
      expected: 'the evaluation stage',
      got: `"${stage.id}"`,
      remedy: 'add measures to evaluation',
      audience: 'author',
    });
  const whole = evaluationOf([...(stage.takes as readonly Measure[]), ...measures]);
  return { ...stage, ...whole, backbones: { ...stage.backbones, ...whole.backbones } };
}
