import type { Audio, Deformation, Gaussians } from '@soliloquy/ports';
import { lagCorrelation } from '@soliloquy/signal';
import { speechEnvelope } from '@soliloquy/speech-features';
import { mouthOpening } from './motion-measures.ts';
import { particles } from './particle-motion.ts';

/** Largest lag that is searched, frames. */
export const REACH = 12;

/** Correlation of the film's mouth opening with a voice's loudness over ±REACH frames. */
export function mouthAndVoice(
  { gaussians, deformation }: { readonly gaussians: Gaussians; readonly deformation: Deformation },
  voice: Audio,
): { best: number; lag: number; atZero: number } {
  const own = particles('deformation', deformation);
  return lagCorrelation(mouthOpening(gaussians, own), speechEnvelope(voice, own.fps, own.frames), REACH);
}
