import type { Deformation, ParticleDeformation } from '@soliloquy/ports';
import { StageError } from '@soliloquy/stage';

/**
 * A deformation whose particles can be followed.
 *
 * @param where the input of `evaluation` that it came from
 * @throws StageError `stage.deformation-kind`
 */
export function particles(where: string, deformation: Deformation): ParticleDeformation {
  if (deformation.kind !== 'particles')
    throw new StageError({
      code: 'stage.deformation-kind',
      where: `evaluation.${where}`,
      expected: 'a deformation by particles',
      got: `a ${deformation.kind} one`,
      remedy: 'fit with control-nodes',
    });
  return deformation;
}
