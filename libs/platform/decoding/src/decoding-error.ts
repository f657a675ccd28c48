import { Fault } from '@soliloquy/fault';

/** A file that its decoder could not be trusted with: it was ended from outside. */
export class DecodingError extends Fault<DecodingErrorCode> {
  override readonly name = 'DecodingError';
}

export type DecodingErrorCode = 'decoding.too-slow' | 'decoding.too-large' | 'decoding.crashed';
