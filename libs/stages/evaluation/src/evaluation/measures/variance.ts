import { PARTS, type Part } from '@soliloquy/ports';
import { defineMeasure } from '@soliloquy/stage';
import { evaluationInputs } from '../inputs.ts';
import { motionVariance } from '../motion-measures.ts';
import { particles } from '../particle-motion.ts';

type Name = `variance:${Part}`;

const figures = Object.fromEntries(
  PARTS.map((part) => [`variance:${part}`, { text: `variance of the ${part}'s motion over that of the clips` }]),
) as Record<Name, { text: string }>;

/** Var_t of each part's particles over that of the clips that were learned from; 1 is as lively. */
export const variance = defineMeasure({
  of: evaluationInputs,
  name: 'variance',
  version: 1,
  needs: ['gaussians', 'deformation', 'clips'],
  figures,
  measure({ gaussians, deformation, clips }) {
    const made = motionVariance(gaussians, [particles('deformation', deformation)]);
    const usual = motionVariance(
      gaussians,
      clips.map((clip, index) => particles(`clips[${index}]`, clip)),
    );
    const ratios = PARTS.flatMap((part) => {
      const [own, of] = [made[part], usual[part]];
      return own === undefined || !of ? [] : [[`variance:${part}`, own / of] as const];
    });
    return Object.fromEntries(ratios) as { [K in Name]?: number };
  },
});
