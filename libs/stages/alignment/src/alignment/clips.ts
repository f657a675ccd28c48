import type { Audio, Deformation, ParticleDeformation } from '@soliloquy/ports';
import { speechFeatures } from '@soliloquy/speech-features';
import { StageError } from '@soliloquy/stage';

/** One clip as training sees it. */
export interface Clip {
  readonly deformation: ParticleDeformation;
  /** f32 [F, features] */
  readonly features: Float32Array;
  /** of a frame's features */
  readonly width: number;
}

/**
 * Clips of one subject, checked: as many voices as deformations, all by the same particles.
 *
 * @throws StageError when they do not belong together
 */
export function readClips(deformations: readonly Deformation[], audios: readonly Audio[]): Clip[] {
  if (deformations.length !== audios.length)
    throw new StageError({
      code: 'stage.clip-mismatch',
      where: 'alignment.audio',
      expected: `${deformations.length} voices, one for each deformation`,
      got: `${audios.length}`,
      remedy: 'gather both over the same clips',
    });
  return deformations.map((deformation, index) => {
    if (deformation.kind !== 'particles')
      throw new StageError({
        code: 'stage.deformation-kind',
        where: `alignment.deformation[${index}]`,
        expected: 'a deformation by particles',
        got: `a ${deformation.kind} one`,
        remedy: 'fit with control-nodes',
      });
    const first = deformations[0] as ParticleDeformation;
    if (
      deformation.particles !== first.particles ||
      deformation.positions.some((value, i) => value !== first.positions[i])
    ) {
      throw new StageError({
        code: 'stage.clip-mismatch',
        where: `alignment.deformation[${index}]`,
        expected: 'the particles of the first clip',
        got: 'others',
        remedy: 'fit all clips with the same gaussians and params',
      });
    }
    const { data, dims } = speechFeatures(audios[index], { fps: deformation.fps, frames: deformation.frames });
    return { deformation, features: data, width: dims };
  });
}
