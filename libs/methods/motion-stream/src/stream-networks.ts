import type { AlignedSpace } from '@soliloquy/gaussian-codec';
import { AUDIO_CONTEXT } from '@soliloquy/gaussian-codec/widths';
import type { MotionModel } from '@soliloquy/motion-transformer';
import type { StreamNetworks } from './motion-stream.ts';

/** A motion model and its space, as a stream takes them. */
export function streamNetworks(motion: MotionModel, space: AlignedSpace): StreamNetworks {
  return {
    frames: motion.frames,
    noiseSteps: motion.noiseSteps,
    latent: motion.latent,
    context: AUDIO_CONTEXT,
    predict: (window) => motion.predict(window),
    embed: (features) => space.embedAudio(features),
    standardise: (condition, frames) => motion.standardiseAudio(condition, frames),
  };
}
