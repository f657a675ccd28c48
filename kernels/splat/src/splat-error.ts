import { Fault } from '@soliloquy/fault';
/** The codes of `SplatError`, stable. */
export type SplatErrorCode =
  'splat.input' | 'splat.memory' | 'splat.state' | 'splat.build' | 'splat.thread' | 'splat.device' | 'splat.diverged';

/**
 * What this kernel throws.
 *
 * `code` is stable: `splat.input` (the caller's data), `splat.memory` (more than the limit), `splat.state` (a call out
 * of order), `splat.build` (the WebAssembly module is missing), `splat.thread` (a worker failed), `splat.device` (no
 * GPU, or it was lost), `splat.diverged` (the loss of a fit is not finite).
 */
export class SplatError extends Fault<SplatErrorCode> {
  override readonly name = 'SplatError';
}
