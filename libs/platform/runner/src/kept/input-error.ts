import { Fault } from '@soliloquy/fault';

/** An input of a graph that cannot be used as it was given. */
export class InputError extends Fault<'run.bad-input'> {
  static override readonly phase = 'before-run';
  override readonly name = 'InputError';
}
