import type { Found } from './parse-graph.ts';

/**
 * More than these no graph of a person or program has needed (the largest has 306 nodes); each is some five times what
 * the notebook draws, and what a gateway still plans between two answers. A larger one is refused by its number, before
 * anything looks at what is in it.
 */
const MOST: Readonly<Record<string, number>> = {
  inputs: 1000,
  nodes: 2000,
  edges: 10_000,
  outputs: 2000,
  sizes: 100,
  expect: 2000,
  cells: 1000,
  groups: 1000,
  comments: 1000,
  layout: 4000,
};
/** A graph larger than this is none. Bytes of its file. */
export const LARGEST_GRAPH = 4 * 2 ** 20;
/**
 * No more faults are looked for: a text of megabytes may have one at every letter, and each searches for names that may
 * have been meant.
 */
export const MOST_FAULTS = 1000;
/** What every run writes beside its outputs, none of which may have its name. */
export const RECORD_FILE = 'run.json';
/** Levels of a document, one in another. Deeper than any graph; a text nested further would overflow the stack. */
export const DEEPEST_GRAPH = 200;
/** Of a node, input, output, size or graph; a folder's or file's name has at most 255 bytes. Characters. */
const LONGEST_NAME = 120;
const NAMED = ['inputs', 'nodes', 'outputs', 'sizes', 'layout'];

/** What of a document is more than a graph may have, before it is looked into. */
export function beyondLimits(value: unknown): Found[] {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [];
  const document = value as Record<string, unknown>;
  return Object.keys(document).flatMap((key): Found[] => {
    const part = document[key];
    if (key === 'name' && typeof part === 'string' && part.length > LONGEST_NAME)
      return [tooLong(['name'], 'name', part.length)];
    if (!Object.hasOwn(MOST, key) || part === null || typeof part !== 'object') return [];
    const keys = Object.keys(part);
    const most = MOST[key] as number;
    if (keys.length > most)
      return [
        {
          code: 'graph.bad-value',
          path: [key],
          where: key,
          expected: `at most ${most}`,
          got: `${keys.length}`,
          remedy: 'split the graph',
        },
      ];
    if (!NAMED.includes(key)) return [];
    const long = keys.find((name) => name.length > LONGEST_NAME + (key === 'layout' ? 'inputs.'.length : 0));
    return long === undefined ? [] : [tooLong([key, long], `${key}.${long.slice(0, 20)}…`, long.length)];
  });
}

/** Two thousand nodes with their links and places are a fifth. */
export const MOST_VALUES = 100_000;

/** Refuses a document with more values than a graph may have. */
export function tooManyValues(document: unknown): Found[] {
  if (!hasMoreValues(document, MOST_VALUES)) return [];
  const [expected, got] = [`at most ${MOST_VALUES} values`, 'more'];
  return [{ code: 'graph.bad-value', path: [], where: 'graph', expected, got, remedy: 'keep data in a file' }];
}

/** Whether there are more than `most` texts, numbers, lists and records in a value, however deep: params hold any. */
export function hasMoreValues(document: unknown, most: number): boolean {
  let count = 0;
  for (const left: unknown[] = [document]; left.length > 0;) {
    const value = left.pop();
    count += 1;
    if (count + left.length > most) return true;
    if (value !== null && typeof value === 'object') for (const part of Object.values(value)) left.push(part);
  }
  return false;
}

function tooLong(path: readonly string[], where: string, length: number): Found {
  const expected = `a name of at most ${LONGEST_NAME} characters`;
  return { code: 'graph.bad-value', path, where, expected, got: `${length}`, remedy: 'shorten it' };
}
