/**
 * What is wrong with a picture, a sound or a film that somebody gave, in the form `where.what: expected …, got …;
 * remedy`, with a stable code. Permanent: the same bytes fail again.
 */
export class MediaError extends Error {
  readonly code: MediaErrorCode;
  override readonly name = 'MediaError';

  constructor(code: MediaErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

export type MediaErrorCode =
  | 'image-format'
  | 'image-truncated'
  | 'image-animated'
  | 'image-too-large'
  | 'image-too-small'
  | 'audio-format'
  | 'audio-truncated'
  | 'audio-empty'
  | 'audio-silent'
  | 'audio-too-short'
  | 'audio-too-long'
  | 'video-format'
  | 'video-size';

/** The first line of an error of a package, for the end of a message. */
export function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0].trim();
}
