import { Fault } from '@soliloquy/fault';
/** The command was called in a way that means nothing. Exit code 2. */
export class UsageError extends Fault<'usage.call'> {
  static override readonly phase = 'before-run';
  override readonly name = 'UsageError';
}
