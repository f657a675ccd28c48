import type { AlignedSpace } from '@soliloquy/gaussian-codec';
import { addBlinks, partVariance, restoreVariance } from '@soliloquy/motion-clips';
import type { MotionModel } from '@soliloquy/motion-transformer';
import type { Motion } from '@soliloquy/ports';
import type { HeardBy } from '@soliloquy/speech-features/hearing';
import { StageError } from '@soliloquy/stage';
import { createRng } from '@soliloquy/tensor';

/** What is done to x_t that was sampled. */
export interface Finish {
  readonly fps: number;
  readonly globalVariance: boolean;
  readonly blinks: boolean;
  readonly seed: number;
}

/**
 * Motion of x_t that was sampled: each part with the variance over time that it has in the clips, and eyes that blink,
 * where that is asked for.
 *
 * @param latent f32 [F, latent] as the aligned space knows it; changed
 */
export async function finishMotion(
  latent: Float32Array,
  { space, network }: { readonly space: AlignedSpace; readonly network: MotionModel },
  { fps, globalVariance, blinks, seed }: Finish,
): Promise<Motion> {
  const { rig } = space;
  const frames = latent.length / network.latent;
  let translations = await space.decode(latent);
  if (globalVariance) {
    restoreVariance(latent, frames, partVariance(translations, rig.regions), network.partVariance);
    translations = await space.decode(latent);
  }
  if (blinks && network.blinks) {
    const rng = createRng(seed).fork('blinks');
    const blinking = translations.slice();
    addBlinks({ translations: blinking, regions: rig.regions, fps }, network.blinks, rng);
    await addDifference(space, latent, { from: translations, to: blinking });
    translations = await space.decode(latent);
  }
  const positions = translations.map((value, i) => value + rig.positions[i % rig.positions.length]);
  return { frames, fps, particles: rig.particles, latent, positions };
}

/** Changes x_t, in place, by what E_X makes of a change of the particles: where nothing changes it stays to the bit. */
async function addDifference(
  space: AlignedSpace,
  latent: Float32Array,
  { from, to }: { readonly from: Float32Array; readonly to: Float32Array },
): Promise<void> {
  const [before, after] = [await space.encode(from), await space.encode(to)];
  for (let i = 0; i < latent.length; i++) latent[i] += after[i] - before[i];
}

/** A network that learned to hear one way cannot be told another. Cards without a hearing: mel. */
export function requireOneHearing({ hearing: learned = 'mel' }: HeardBy, { hearing = 'mel' }: HeardBy): void {
  if (learned !== hearing)
    throw new StageError({
      code: 'stage.hearing-mismatch',
      where: 'motion-sampling.space',
      expected: `a space that hears by ${learned}, as the model does`,
      got: `one that hears by ${hearing}`,
      remedy: 'connect the space that the model was trained in',
    });
}
