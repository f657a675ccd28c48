import { DEEPEST_GRAPH } from './limits.ts';

/** Where a text stops being JSON, and what was expected there. Offsets count UTF-16 units from 0. */
export interface JsonFault {
  readonly code: 'graph.not-json' | 'graph.duplicate-key';
  readonly offset: number;
  readonly expected: string;
  readonly got: string;
}

/**
 * Where a value begins, and what is in it. A tree, and no map by whole paths: those would hold every key once for each
 * value within it, which of long keys is quadratic.
 */
export interface JsonPlace {
  readonly offset: number;
  /** by key, or by index as text; none of a value that holds no others */
  readonly within?: Map<string, JsonPlace>;
}

/** Where each value of a JSON text begins, or the first fault. */
export type JsonScan =
  { readonly kind: 'fault'; readonly fault: JsonFault } | { readonly kind: 'fine'; readonly place: JsonPlace };

const LONGEST_SHOWN = 60;

class ScanStop extends Error {
  readonly fault: JsonFault;
  constructor(fault: JsonFault) {
    super(fault.expected);
    this.fault = fault;
  }
}

const SPACE = /[ \t\n\r]*/y;
/** Pieces of a string: one pattern for the whole overflows the stack of the engine at some megabytes. */
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPED = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const WORD = /(?:true|false|null)\b|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * Reads a JSON text (RFC 8259) for positions only: JSON.parse names no position for most faults, and keeps the last of
 * two equal keys in silence, which in a graph loses a node.
 */
export function scanJson(text: string): JsonScan {
  const scan = new Scan(text);
  try {
    return { kind: 'fine', place: scan.document() };
  } catch (error) {
    if (error instanceof ScanStop) return { kind: 'fault', fault: error.fault };
    throw error;
  }
}

class Scan {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): JsonPlace {
    const place = this.#value(0);
    this.#take(SPACE);
    if (this.#at < this.#text.length) this.#fail('nothing after the value');
    return place;
  }

  get #next(): string | undefined {
    return this.#text[this.#at];
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #fail(expected: string, code: JsonFault['code'] = 'graph.not-json', got = this.#seen()): never {
    throw new ScanStop({ code, offset: this.#at, expected, got });
  }

  #seen(): string {
    const at = this.#at;
    return at >= this.#text.length ? 'the end of the text' : JSON.stringify([...this.#text.slice(at, at + 2)][0]);
  }

  /** A string with its quotes; where it is none, nothing is taken. */
  #string(): string | undefined {
    const start = this.#at;
    if (this.#next !== '"') return undefined;
    this.#at += 1;
    do this.#take(PLAIN);
    while (this.#take(ESCAPED) !== undefined);
    if (this.#next !== '"') {
      this.#at = start;
      return undefined;
    }
    this.#at += 1;
    return this.#text.slice(start, this.#at);
  }

  #value(depth: number): JsonPlace {
    this.#take(SPACE);
    const offset = this.#at;
    if (depth > DEEPEST_GRAPH) this.#fail(`at most ${DEEPEST_GRAPH} levels`);
    if (this.#next === '{') return { offset, within: this.#members(depth) };
    if (this.#next === '[') return { offset, within: this.#elements(depth) };
    if (this.#next === '"') {
      if (this.#string() === undefined) this.#fail('a string that ends with " and escapes \\ and control characters');
    } else if (!this.#take(WORD)) this.#fail('a value');
    return { offset };
  }

  #members(depth: number): Map<string, JsonPlace> {
    const within = new Map<string, JsonPlace>();
    this.#list('}', () => {
      const key = this.#key(within);
      this.#take(SPACE);
      if (this.#next !== ':') this.#fail('a :');
      this.#at += 1;
      within.set(key, this.#value(depth + 1));
    });
    return within;
  }

  #key(seen: ReadonlyMap<string, unknown>): string {
    this.#take(SPACE);
    const start = this.#at;
    const quoted = this.#string() ?? this.#fail(seen.size > 0 ? 'a key in " after the comma' : 'a key in " or }');
    const key = JSON.parse(quoted) as string;
    if (seen.has(key)) {
      this.#at = start;
      this.#fail('each key once', 'graph.duplicate-key', `${quoted.slice(0, LONGEST_SHOWN)} a second time`);
    }
    return key;
  }

  #elements(depth: number): Map<string, JsonPlace> {
    const within = new Map<string, JsonPlace>();
    this.#list(']', (index) => within.set(`${index}`, this.#value(depth + 1)));
    return within;
  }

  /** From the bracket that opens to the one that closes, with what reads one entry. */
  #list(end: '}' | ']', entry: (index: number) => void): void {
    this.#at += 1;
    this.#take(SPACE);
    for (let index = 0; this.#next !== end || index > 0; index += 1) {
      entry(index);
      this.#take(SPACE);
      if (this.#next === end) break;
      if (this.#next !== ',') this.#fail(`, or ${end}`);
      this.#at += 1;
    }
    this.#at += 1;
  }
}

/** Where the value at a path begins, else where the nearest around it does. */
export function offsetAt(place: JsonPlace, path: readonly PropertyKey[]): number {
  let at = place;
  for (const key of path) {
    const inner = at.within?.get(String(key));
    if (inner === undefined) break;
    at = inner;
  }
  return at.offset;
}

/** Gives line and column, both from 1, of offsets in a text, which is looked through once. */
export function placesIn(text: string): (offset: number) => { line: number; column: number } {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] as number) <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - (starts[low] as number) + 1 };
  };
}
