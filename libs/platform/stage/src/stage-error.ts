import { Fault } from '@soliloquy/fault';

/** Inputs or params that a stage cannot work with. Permanent: the same inputs would fail again, so it is not retried. */
export class StageError extends Fault {
  override readonly name = 'StageError';
}
