import { audioCondition } from '@soliloquy/motion-transformer/audio-condition';

/** Who says it, and how. */
export interface FlowSpeaker {
  /** f32 [8] `PERSON_NUMBERS` */
  readonly person: Float32Array;
  /** f32 [3] `MANNER_NUMBERS` */
  readonly manner: Float32Array;
}

/**
 * What the denoiser is told at each frame: what is heard there and in the frames around it, and at every frame the same
 * of the person and the manner.
 *
 * @param heard f32 [F, W]
 * @returns     f32 [F, 7 W + 11]
 */
export function flowCondition(heard: Float32Array, { person, manner }: FlowSpeaker, frames: number): Float32Array {
  const width = person.length + manner.length;
  const told = new Float32Array(frames * width);
  for (let f = 0; f < frames; f++) {
    told.set(person, f * width);
    told.set(manner, f * width + person.length);
  }
  return audioCondition(heard, told, frames);
}
