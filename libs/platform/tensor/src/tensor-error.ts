import { Fault } from '@soliloquy/fault';
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

/** An error of the tensor path. */
export class TensorError extends Fault<TensorErrorCode> {
  override readonly name = 'TensorError';
}
