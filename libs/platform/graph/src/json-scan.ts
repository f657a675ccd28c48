/** Where a text stops being JSON, and what was expected there. Offsets count UTF-16 units from 0. */
export interface JsonFault {
  readonly code: 'graph.not-json' | 'graph.duplicate-key';
  readonly offset: number;
  readonly expected: string;
  readonly got: string;
}

/** Where each value of a JSON text begins, by its path joined with `/` (keys as they are), or the first fault. */
export type JsonScan =
  | { readonly kind: 'fault'; readonly fault: JsonFault }
  | { readonly kind: 'fine'; readonly offsets: ReadonlyMap<string, number> };

class ScanStop extends Error {
  readonly fault: JsonFault;
  constructor(fault: JsonFault) {
    super(fault.expected);
    this.fault = fault;
  }
}

const SPACE = /[ \t\n\r]*/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const WORD = /(?:true|false|null)\b|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** Deeper than any graph; a text nested further would overflow the stack. */
const DEEPEST = 200;

/**
 * Reads a JSON text (RFC 8259) for positions only: JSON.parse names no position for most faults, and keeps the last of
 * two equal keys in silence, which in a graph loses a node.
 */
export function scanJson(text: string): JsonScan {
  const offsets = new Map<string, number>();
  let at = 0;

  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const fail = (
    expected: string,
    code: JsonFault['code'] = 'graph.not-json',
    got = at >= text.length ? 'the end of the text' : JSON.stringify([...text.slice(at, at + 2)][0]),
  ): never => {
    throw new ScanStop({ code, offset: at, expected, got });
  };
  const value = (path: string, depth: number): void => {
    take(SPACE);
    offsets.set(path, at);
    if (depth > DEEPEST) fail(`at most ${DEEPEST} levels`);
    if (text[at] === '{') return members(path, depth);
    if (text[at] === '[') return elements(path, depth);
    if (text[at] === '"') {
      if (take(STRING) === undefined) fail('a string that ends with " and escapes \\ and control characters');
    } else if (!take(WORD)) fail('a value');
  };
  const members = (path: string, depth: number): void => {
    at += 1;
    const seen = new Set<string>();
    take(SPACE);
    if (text[at] === '}') {
      at += 1;
      return;
    }
    for (;;) {
      take(SPACE);
      const start = at;
      const quoted = take(STRING) ?? fail(seen.size > 0 ? 'a key in " after the comma' : 'a key in " or }');
      const key = JSON.parse(quoted) as string;
      if (seen.has(key)) {
        at = start;
        fail('each key once', 'graph.duplicate-key', `${quoted} a second time`);
      }
      seen.add(key);
      take(SPACE);
      if (text[at] !== ':') fail('a :');
      at += 1;
      value(path === '' ? key : `${path}/${key}`, depth + 1);
      take(SPACE);
      if (text[at] === '}') break;
      if (text[at] !== ',') fail(', or }');
      at += 1;
    }
    at += 1;
  };
  const elements = (path: string, depth: number): void => {
    at += 1;
    take(SPACE);
    if (text[at] === ']') {
      at += 1;
      return;
    }
    for (let index = 0; ; index += 1) {
      value(path === '' ? `${index}` : `${path}/${index}`, depth + 1);
      take(SPACE);
      if (text[at] === ']') break;
      if (text[at] !== ',') fail(', or ]');
      at += 1;
    }
    at += 1;
  };

  try {
    value('', 0);
    take(SPACE);
    if (at < text.length) fail('nothing after the value');
    return { kind: 'fine', offsets };
  } catch (error) {
    if (error instanceof ScanStop) return { kind: 'fault', fault: error.fault };
    throw error;
  }
}

/** Line and column, both from 1, of an offset. */
export function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before[before.length - 1] as string).length + 1 };
}
