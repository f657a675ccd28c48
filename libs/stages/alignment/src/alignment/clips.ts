import type { Audio, Deformation, ParticleDeformation } from '@soliloquy/ports';
import type { Ears } from '@soliloquy/speech-features/hearing';
import { StageError } from '@soliloquy/stage';
import { PATCH } from './retrieval.ts';

/** One clip as training sees it. */
export interface Clip {
  readonly deformation: ParticleDeformation;
  /** f32 [F, features] */
  readonly features: Float32Array;
  /** of a frame's features */
  readonly width: number;
}

/**
 * Clips of one subject, checked and heard.
 *
 * @throws StageError when they do not belong together
 */
export async function heardClips(
  deformations: readonly Deformation[],
  audios: readonly Audio[],
  ears: Ears,
): Promise<Clip[]> {
  const clips: Clip[] = [];
  for (const [index, deformation] of particleClips(deformations, audios).entries()) {
    const { data, dims } = await ears.hear(audios[index], { fps: deformation.fps, frames: deformation.frames });
    clips.push({ deformation, features: data, width: dims });
  }
  return clips;
}

/** As many voices as deformations, all by the same particles, none shorter than a patch. */
function particleClips(deformations: readonly Deformation[], audios: readonly Audio[]): ParticleDeformation[] {
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
    if (deformation.frames < PATCH)
      throw new StageError({
        code: 'stage.clip-short',
        where: 'alignment.deformation',
        expected: `clips of at least ${PATCH} frames`,
        got: `one of ${deformation.frames}`,
        remedy: 'make longer clips',
      });
    return deformation;
  });
}
