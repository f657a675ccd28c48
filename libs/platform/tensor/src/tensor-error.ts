/** What went wrong in the tensor path; stable, for programs. */
export type TensorErrorCode =
  | 'tensor.shape'
  | 'tensor.tree'
  | 'tensor.trace'
  | 'tensor.ownership'
  | 'tensor.unsupported-primitive'
  | 'tensor.session'
  | 'tensor.model'
  | 'tensor.memory'
  | 'tensor.options'
  | 'tensor.diverged';

/** An error of the tensor path: `where.what: expected …, got …; remedy`. */
export class TensorError extends Error {
  override readonly name = 'TensorError';
  readonly code: TensorErrorCode;

  constructor(code: TensorErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
