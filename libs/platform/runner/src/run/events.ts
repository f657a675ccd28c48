import type { ExpectationRow } from '@soliloquy/graph';

/** How a run ended. `unmet`: everything ran, but an expectation of the graph does not hold. */
export type RunStatus = 'done' | 'failed' | 'unmet' | 'cancelled';

/** What is heard of a run, in order: what terminals, pipes, journals and pages show. `element` is e.g. `fit[3]`. */
export type RunEvent =
  | {
      readonly type: 'run-started';
      readonly run: string;
      readonly graph: string;
      readonly size: string;
      readonly seed: number;
      readonly nodes: readonly string[];
      readonly resumed: boolean;
    }
  | { readonly type: 'node-expanded'; readonly node: string; readonly elements: number }
  | { readonly type: 'task-cached'; readonly node: string; readonly element: string; readonly key: string }
  | {
      readonly type: 'task-stale';
      readonly node: string;
      readonly element: string;
      readonly reasons: readonly string[];
    }
  | {
      readonly type: 'task-started';
      readonly node: string;
      readonly element: string;
      readonly threads: number;
      readonly attempt: number;
      readonly worker: string;
    }
  | {
      readonly type: 'task-progress';
      readonly node: string;
      readonly element: string;
      readonly done: number;
      readonly total: number;
      readonly note?: string;
    }
  | { readonly type: 'task-log'; readonly node: string; readonly element: string; readonly message: string }
  | {
      /** A point of a curve that the task logs, e.g. its loss. */
      readonly type: 'task-scalar';
      readonly node: string;
      readonly element: string;
      readonly name: string;
      readonly step: number;
      readonly value: number;
    }
  | {
      readonly type: 'task-retried';
      readonly node: string;
      readonly element: string;
      readonly why: string;
      readonly attempt: number;
    }
  | {
      readonly type: 'task-finished';
      readonly node: string;
      readonly element: string;
      readonly key: string;
      readonly seconds: number;
      readonly threads: number;
    }
  | {
      readonly type: 'task-failed';
      readonly node: string;
      readonly element: string;
      readonly code: string;
      readonly message: string;
    }
  | { readonly type: 'artifact-lost'; readonly node: string; readonly element: string; readonly message: string }
  | { readonly type: 'output-written'; readonly name: string; readonly path: string; readonly digest: string }
  | { readonly type: 'expectation'; readonly row: ExpectationRow }
  | {
      readonly type: 'run-finished';
      readonly run: string;
      readonly status: RunStatus;
      readonly seconds: number;
      readonly executed: number;
      readonly cached: number;
      readonly record: string | null;
    };

export type RunListener = (event: RunEvent) => void;
