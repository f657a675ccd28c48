export type { Audio } from './audio.ts';
export type { FrameData, Video, VideoMatte } from './video.ts';
export type { Image } from './image.ts';
