import { Fault } from '@soliloquy/fault';

/** A folder or file that cannot or may not be written where a run shall leave its results. */
export class OutputError extends Fault<'run.unwritable' | 'run.outside-project'> {
  static override readonly phase = 'before-run';
  override readonly name = 'OutputError';
}
