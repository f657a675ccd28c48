import { Fault } from '@soliloquy/fault';
/**
 * What is wrong with a picture, a sound or a film that somebody gave. Permanent: the same bytes fail again.
 */
export class MediaError extends Fault<MediaErrorCode> {
  override readonly name = 'MediaError';
}

export type MediaErrorCode =
  | 'media.image-format'
  | 'media.image-truncated'
  | 'media.image-animated'
  | 'media.image-too-large'
  | 'media.image-too-small'
  | 'media.audio-format'
  | 'media.audio-truncated'
  | 'media.audio-empty'
  | 'media.audio-silent'
  | 'media.audio-too-short'
  | 'media.audio-too-long'
  | 'media.video-format'
  | 'media.video-size';

/** The first line of an error of a package, for the end of a message. */
export function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0].trim();
}
