import type { WireError } from './protocol.ts';

/** A task that will not be tried again: what its stage said, or that its worker died too often. */
export class TaskError extends Error {
  override readonly name = 'TaskError';
  /** A stage's own code, or `internal`, `worker-lost`, `artifact-corrupted`, `store-full` … */
  readonly code: string;
  readonly digest?: string;
  /** Of the process in which it went wrong. */
  readonly remoteStack?: string;

  constructor(error: WireError) {
    super(error.message);
    this.code = error.code;
    this.digest = error.digest;
    this.remoteStack = error.stack;
  }
}

/** The run was told to stop. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';
  readonly code = 'cancelled';

  constructor() {
    super('run: cancelled; start it again with --resume');
  }
}

/** Makes any thrown thing fit for a channel. `label` names the task for errors that have no place in the product. */
export function wireError(thrown: unknown, label: string): WireError {
  if (!(thrown instanceof Error))
    return { code: 'internal', message: `${label}: expected a result, got ${String(thrown)}; report this` };
  const { code, digest } = thrown as Error & { code?: unknown; digest?: unknown };
  if (isDeclared(thrown))
    return {
      code: typeof code === 'string' ? code : 'internal',
      message: thrown.message,
      stack: thrown.stack,
      digest: typeof digest === 'string' ? digest : undefined,
    };
  return {
    code: 'internal',
    message: `${label}: expected a result, got ${thrown.name}: ${firstLine(thrown.message)}; report this with SOLILOQUY_DEBUG=1`,
    stack: thrown.stack,
  };
}

/**
 * Whether an error speaks to the person: it has a code and the house form `where.what: expected …, got …; remedy`.
 * Libraries have their own classes for such errors (StageError, PortError, StoreError …); the form is what they share.
 */
export function isDeclared(error: Error): boolean {
  return typeof (error as { code?: unknown }).code === 'string' && /: expected .+, got /s.test(error.message);
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
