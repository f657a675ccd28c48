export { audioWindows } from './audio-windows.ts';
export { contrastive, embedAudio, embedMotion, initAlignedSpace, unit } from './aligned-space.ts';
export { decodeMotion, encodeMotion, initMotionCodec } from './motion-codec.ts';
export { openMotionDecoder } from './motion-decoder.ts';
export { createMotionLayout, pullBackMotion, restoreMotion, standardiseMotion } from './motion-layout.ts';
export { openAlignedSpace, packAlignedSpace } from './aligned-space-model.ts';
export { layoutOf } from './opened-space.ts';
export { AUDIO_CONTEXT, CHUNK, EMBEDDING_WIDTH, LATENT_WIDTH } from './widths.ts';

export type { AlignedSpaceContents } from './aligned-space-model.ts';
export type { AlignedSpace } from './opened-space.ts';
export type { PackedAlignedSpace } from './aligned-space-port.ts';
export type { AlignedSpaceParams } from './aligned-space.ts';
export type { CodecSize, MotionCodecParams } from './motion-codec.ts';
export type { MotionDecoder } from './motion-decoder.ts';
export type { MotionLayout, PartLayout } from './motion-layout.ts';
