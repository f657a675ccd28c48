/** What can be wrong with a graph. Stable: tests, pages and scripts branch on it. */
export type GraphErrorCode =
  | 'not-json'
  | 'duplicate-key'
  | 'unknown-key'
  | 'bad-value'
  | 'unknown-stage'
  | 'stage-version'
  | 'unknown-backbone'
  | 'unknown-node'
  | 'unknown-input'
  | 'unknown-type'
  | 'unknown-port'
  | 'unknown-param'
  | 'unknown-size'
  | 'unknown-metric'
  | 'bad-param'
  | 'type-clash'
  | 'missing-input'
  | 'omitted-output'
  | 'duplicate-connection'
  | 'unpaired-edges'
  | 'cycle'
  | 'axis'
  | 'migration';

/** One thing that is wrong: `message` is `where.what: expected …, got …; remedy`. */
export interface GraphError {
  readonly code: GraphErrorCode;
  readonly message: string;
  readonly node?: string;
  /** port, param or metric of the node */
  readonly port?: string;
  /** 1-based, where the text itself is at fault */
  readonly line?: number;
  readonly column?: number;
}

/** A graph that is refused, with everything that is wrong with it. `message` has one line for each error. */
export class InvalidGraph extends Error {
  override readonly name = 'InvalidGraph';
  readonly code = 'invalid-graph';
  readonly errors: readonly GraphError[];

  constructor(errors: readonly GraphError[], options?: { cause?: unknown }) {
    super(errors.map((error) => error.message).join('\n'), options);
    this.errors = errors;
  }
}
