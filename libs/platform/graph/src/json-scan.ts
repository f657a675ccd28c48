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
  const scan = new Scan(text);
  try {
    scan.document();
    return { kind: 'fine', offsets: scan.offsets };
  } catch (error) {
    if (error instanceof ScanStop) return { kind: 'fault', fault: error.fault };
    throw error;
  }
}

class Scan {
  /** where each value begins, by its path */
  readonly offsets = new Map<string, number>();
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): void {
    this.#value('', 0);
    this.#take(SPACE);
    if (this.#at < this.#text.length) this.#fail('nothing after the value');
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

  #value(path: string, depth: number): void {
    this.#take(SPACE);
    this.offsets.set(path, this.#at);
    if (depth > DEEPEST) this.#fail(`at most ${DEEPEST} levels`);
    if (this.#next === '{') this.#members(path, depth);
    else if (this.#next === '[') this.#elements(path, depth);
    else if (this.#next === '"') {
      if (this.#take(STRING) === undefined)
        this.#fail('a string that ends with " and escapes \\ and control characters');
    } else if (!this.#take(WORD)) this.#fail('a value');
  }

  #members(path: string, depth: number): void {
    const seen = new Set<string>();
    this.#list('}', () => {
      const key = this.#key(seen);
      this.#take(SPACE);
      if (this.#next !== ':') this.#fail('a :');
      this.#at += 1;
      this.#value(path === '' ? key : `${path}/${key}`, depth + 1);
    });
  }

  #key(seen: Set<string>): string {
    this.#take(SPACE);
    const start = this.#at;
    const quoted = this.#take(STRING) ?? this.#fail(seen.size > 0 ? 'a key in " after the comma' : 'a key in " or }');
    const key = JSON.parse(quoted) as string;
    if (seen.has(key)) {
      this.#at = start;
      this.#fail('each key once', 'graph.duplicate-key', `${quoted} a second time`);
    }
    seen.add(key);
    return key;
  }

  #elements(path: string, depth: number): void {
    this.#list(']', (index) => this.#value(path === '' ? `${index}` : `${path}/${index}`, depth + 1));
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

/** Line and column, both from 1, of an offset. */
export function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before[before.length - 1] as string).length + 1 };
}
