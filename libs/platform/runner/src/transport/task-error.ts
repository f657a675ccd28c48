import { Fault, partsOf, unexpected } from '@soliloquy/fault';
import type { WireError } from './protocol.ts';

/** A task that will not be tried again: the fault that its stage threw, or that its worker died too often. */
export class TaskError extends Fault {
  override readonly name = 'TaskError';
  readonly digest?: string;
  /** Of the process in which it went wrong. */
  readonly remoteStack?: string;

  constructor(error: WireError) {
    super(error);
    this.digest = error.digest;
    this.remoteStack = error.stack;
  }
}

/** The run was told to stop. */
export class CancelledError extends Fault<'run.cancelled'> {
  override readonly name = 'CancelledError';

  constructor(where = 'run') {
    super({
      code: 'run.cancelled',
      where,
      expected: 'to finish',
      got: 'a request to stop',
      remedy: 'start it again with --resume',
    });
  }
}

/** Makes any thrown thing fit for a channel. `label` names the task for errors that have no place in the product. */
export function wireError(thrown: unknown, label: string): WireError {
  const fault = unexpected(thrown, label);
  const { digest } = fault as { digest?: unknown };
  return {
    ...partsOf(fault),
    stack: thrown instanceof Error ? thrown.stack : undefined,
    digest: typeof digest === 'string' ? digest : undefined,
  };
}
