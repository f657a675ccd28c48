/**
 * An error in the form `where.what: expected …, got …; remedy`, with a stable code.
 * Permanent: the same inputs would fail again, so it is never retried.
 */
export class StageError extends Error {
  readonly code: string;
  override readonly name = 'StageError';

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
