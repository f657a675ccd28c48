import { Fault } from '@soliloquy/fault';

/** Inputs or params that a stage cannot work with. Permanent: the same inputs would fail again, so none is retried. */
export class StageError extends Fault {
  override readonly name = 'StageError';
}
