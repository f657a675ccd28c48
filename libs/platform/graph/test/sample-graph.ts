import { stages } from '@soliloquy/testing';
import {
  createRegistry,
  InvalidGraph,
  parseGraph,
  type GraphDocument,
  type GraphError,
  type StageRegistry,
} from '../src/index.ts';

export const registry: StageRegistry = createRegistry(stages);

/**
 * A graph that is right: numbers along `item`, scaled one by one, summed up, and scaled by a number that a person
 * gives.
 */
export const SOUND = {
  format: 1,
  name: 'sound',
  seed: 7,
  inputs: { given: { type: 'number', default: '4' } },
  nodes: {
    many: { stage: 'numbers@1', backbone: 'range', params: { count: 3 } },
    each: { stage: 'scale@2', backbone: 'product', params: { factor: 10 } },
    all: { stage: 'sum@1' },
    last: { stage: 'scale@2', backbone: 'jitter', params: { amount: 0 } },
  },
  edges: ['many.value -> each.value', 'given -> each.bias', 'each.result -> all.values', 'all.total -> last.value'],
  outputs: { 'total.json': 'all.total', 'each.json': 'each.result' },
  sizes: { tiny: { 'many.count': 2, 'each.factor': 1 } },
  expect: [
    { metric: 'all.total', atLeast: 10 },
    { metric: 'each.size/abs', atMost: 'all.total', sizes: ['small'] },
  ],
  cells: [{ markdown: '# Sums' }, { show: 'all.total' }],
  layout: { many: [0, 0], each: [200, 0] },
} satisfies Record<string, unknown>;

export type Loose = Record<string, unknown> & {
  nodes: Record<string, Record<string, unknown>>;
  edges: string[];
  inputs: Record<string, unknown>;
  expect: unknown[];
  outputs: Record<string, string>;
  sizes: Record<string, Record<string, unknown>>;
  cells: unknown[];
};

/** The sound graph with something changed, as a document. */
export function graph(change: (graph: Loose) => void = () => undefined): GraphDocument {
  const copy = structuredClone(SOUND) as unknown as Loose;
  change(copy);
  return parseGraph(JSON.stringify(copy), { path: 'test.json' });
}

/** The errors that something throws. */
export function errorsOf(what: () => unknown): readonly GraphError[] {
  try {
    what();
  } catch (error) {
    if (error instanceof InvalidGraph) return error.errors;
    throw error;
  }
  return [];
}

/** `where.what: expected …, got …; remedy` */
export const FORM = /^.+: expected .+, got [\s\S]+; \S.+$/;
