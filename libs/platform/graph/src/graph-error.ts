import { Fault, sentenceOf, type FaultParts } from '@soliloquy/fault';

/** What can be wrong with a graph. Stable: tests, pages and scripts branch on it. */
export type GraphErrorCode =
  | 'graph.invalid'
  | 'graph.not-json'
  | 'graph.duplicate-key'
  | 'graph.unknown-key'
  | 'graph.bad-value'
  | 'graph.unknown-stage'
  | 'graph.stage-version'
  | 'graph.unknown-backbone'
  | 'graph.unknown-node'
  | 'graph.unknown-input'
  | 'graph.unknown-type'
  | 'graph.unknown-port'
  | 'graph.unknown-param'
  | 'graph.unknown-size'
  | 'graph.unknown-metric'
  | 'graph.bad-param'
  | 'graph.type-clash'
  | 'graph.missing-input'
  | 'graph.missing-network'
  | 'graph.omitted-output'
  | 'graph.missing-part'
  | 'graph.forbidden-use'
  | 'graph.duplicate-connection'
  | 'graph.unpaired-edges'
  | 'graph.cycle'
  | 'graph.axis'
  | 'graph.migration';

/** One thing that is wrong with a graph: the parts of a fault, and where in the document it lies. */
export interface GraphError extends FaultParts {
  readonly code: GraphErrorCode;
  /** The sentence of the parts. */
  readonly message: string;
  readonly node?: string;
  /** port, param or metric of the node */
  readonly port?: string;
  /** 1-based, where the text itself is at fault */
  readonly line?: number;
  readonly column?: number;
}

/** Completes an error with its sentence. */
export function graphFault(parts: Omit<GraphError, 'message'>): GraphError {
  return { ...parts, message: sentenceOf(parts) };
}

/** Nobody reads more at once. */
const MOST_TOLD = 100;

/** The faults that are told: the first hundred, then how many more there are. */
export function toldOf(errors: readonly GraphError[]): readonly GraphError[] {
  if (errors.length <= MOST_TOLD) return errors;
  const more = graphFault({
    code: 'graph.invalid',
    where: 'graph',
    expected: 'no faults',
    got: `these ${MOST_TOLD} and ${errors.length - MOST_TOLD} more`,
    remedy: 'correct these first',
  });
  return [...errors.slice(0, MOST_TOLD), more];
}

/**
 * A graph that is refused, with everything that is wrong with it: its parts are those of the first error, with the code
 * `graph.invalid`; `message` has
 * one line for each.
 */
export class InvalidGraph extends Fault<GraphErrorCode> {
  static override readonly phase = 'before-run';
  override readonly name = 'InvalidGraph';
  readonly errors: readonly GraphError[];

  constructor(errors: readonly GraphError[], options?: { cause?: unknown }) {
    const told = toldOf(errors);
    super({ ...(told[0] as GraphError), code: 'graph.invalid' }, options);
    this.message = told.map((error) => error.message).join('\n');
    this.errors = told;
  }
}
