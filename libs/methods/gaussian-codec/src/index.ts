export {
  AUDIO_CONTEXT,
  audioWindows,
  contrastive,
  embedAudio,
  EMBEDDING_WIDTH,
  embedMotion,
  initAlignedSpace,
  unit,
} from './aligned-space.ts';
export { decodeMotion, encodeMotion, initMotionCodec, LATENT_WIDTH } from './motion-codec.ts';
export { createMotionLayout, restoreMotion, standardiseMotion } from './motion-layout.ts';
export { CHUNK, openAlignedSpace, packAlignedSpace } from './aligned-space-model.ts';

export type { AlignedSpace, AlignedSpaceContents } from './aligned-space-model.ts';
export type { AlignedSpaceParams } from './aligned-space.ts';
export type { CodecSize, MotionCodecParams } from './motion-codec.ts';
export type { MotionLayout, PartLayout } from './motion-layout.ts';
