/**
 * What this kernel throws. The message reads `where.what: expected …, got …; remedy`.
 *
 * `code` is stable: `splat.input` (the caller's data), `splat.memory` (more than the limit), `splat.state` (a call out
 * of order), `splat.build` (the WebAssembly module is missing), `splat.thread` (a worker failed), `splat.device` (no
 * GPU, or it was lost), `splat.diverged` (the loss of a fit is not finite).
 */
export class SplatError extends Error {
  override readonly name = 'SplatError';
  readonly code:
    'splat.input' | 'splat.memory' | 'splat.state' | 'splat.build' | 'splat.thread' | 'splat.device' | 'splat.diverged';

  constructor(code: SplatError['code'], message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
