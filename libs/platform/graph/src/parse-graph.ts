import { z } from 'zod';
import { closestName, nameInShort, oneOf } from './closest-name.ts';
import { graphSchema, type GraphDocument } from './document.ts';
import { graphFault, InvalidGraph, type GraphError } from './graph-error.ts';
import { expectedBy, shown, valueAt } from './issue-words.ts';
import { offsetAt, placesIn, scanJson } from './json-scan.ts';
import { beyondLimits, MOST_FAULTS, tooManyValues } from './limits.ts';

/**
 * The JSON Schema of a graph document, for editors (`"$schema"`); committed as `graph.schema.json`.
 */
export function graphJsonSchema(): Record<string, unknown> {
  return { title: 'Soliloquy graph', ...z.toJSONSchema(graphSchema, { io: 'input' }) };
}

/**
 * Reads a graph document from its text.
 *
 * @param options.path how errors name the text, e.g. `graphs/quickstart.json`
 * @throws InvalidGraph with every fault, each with line and column
 */
export function parseGraph(text: string, options: { path: string }): GraphDocument {
  const body = text.replace(/^\uFEFF/, '');
  let placeOf: ReturnType<typeof placesIn> | undefined;
  const place = (offset: number): { line: number; column: number; at: string } => {
    const { line, column } = (placeOf ??= placesIn(body))(offset);
    return { line, column, at: `${options.path}:${line}:${column}` };
  };
  if (body.length > PLACED) refuseUnread(body, options.path);
  const scan = scanJson(body);
  if (scan.kind === 'fault') {
    const { line, column, at } = place(scan.fault.offset);
    const remedy = scan.fault.code === 'graph.not-json' ? 'correct the JSON there' : 'rename or delete one of the two';
    throw new InvalidGraph([
      graphFault({
        code: scan.fault.code,
        line,
        column,
        where: at,
        expected: scan.fault.expected,
        got: scan.fault.got,
        remedy,
      }),
    ]);
  }
  const value: unknown = JSON.parse(body);
  const beyond = beyondLimits(value);
  const parsed = beyond.length === 0 ? graphSchema.safeParse(value) : undefined;
  if (parsed?.success) return parsed.data;
  const errors = parsed === undefined ? beyond : faultsOf(value, parsed.error.issues);
  throw new InvalidGraph(
    errors.map(({ path, ...error }) => {
      const { line, column, at } = place(offsetAt(scan.place, path));
      return graphFault({ ...error, line, column, where: `${at}: ${error.where}` });
    }),
  );
}

/** In a longer text what is refused as a whole is not looked for: to know all places of megabytes takes a second. */
const PLACED = 2 ** 20;

/** Refuses a long text for what the engine's own reader says of it in no time: that it is none, or holds too much. */
function refuseUnread(body: string, path: string): void {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (cause) {
    const got = `something else (${(cause as Error).message})`;
    const parts = { where: path, expected: 'JSON', got, remedy: 'correct the JSON there' };
    throw new InvalidGraph([graphFault({ code: 'graph.not-json', ...parts })]);
  }
  const beyond = beyondLimits(value);
  const found = beyond.length > 0 ? beyond : tooManyValues(value);
  if (found.length === 0) return;
  throw new InvalidGraph(
    found.map(({ path: _, ...error }) => graphFault({ ...error, where: `${path}: ${error.where}` })),
  );
}

function faultsOf(value: unknown, issues: readonly z.core.$ZodIssue[]): Found[] {
  const found: Found[] = [];
  for (const issue of issues) {
    if (found.length >= MOST_FAULTS) break;
    if (issue.code === 'unrecognized_keys')
      for (const key of issue.keys.slice(0, MOST_FAULTS)) found.push(unknownKey(issue.path, key));
    else found.push(badValue(value, issue));
  }
  return found;
}

export type Found = Omit<GraphError, 'line' | 'column' | 'message'> & { path: readonly PropertyKey[] };

/** Made once: of thousands of unknown keys each asks for it. */
let schema: SchemaPart | undefined;

function unknownKey(parent: readonly PropertyKey[], key: string): Found {
  const path = [...parent, key];
  const known = keysAt((schema ??= graphJsonSchema()), parent);
  const close = closestName(key, known);
  const remedy = close === undefined ? `delete ${shown(key)}` : `did you mean "${close}"?`;
  return {
    code: 'graph.unknown-key',
    path,
    ...nodeIn(path),
    where: pathText(path),
    expected: oneOf(known),
    got: shown(key),
    remedy,
  };
}

function badValue(value: unknown, issue: z.core.$ZodIssue): Found {
  const got = valueAt(value, issue.path);
  const where = issue.path.length === 0 ? 'graph' : pathText(issue.path);
  if (issue.code === 'invalid_key')
    return {
      code: 'graph.bad-value',
      path: issue.path,
      ...nodeIn(issue.path),
      where,
      expected: expectedBy(issue),
      got: shown(issue.path.at(-1)),
      remedy: 'rename it',
    };
  const remedy = got === undefined ? 'add it' : 'correct it';
  return {
    code: 'graph.bad-value',
    path: issue.path,
    ...nodeIn(issue.path),
    where,
    expected: expectedBy(issue),
    got: shown(got),
    remedy,
  };
}

function pathText(path: readonly PropertyKey[]): string {
  return path.map((part) => nameInShort(String(part))).join('.');
}

function nodeIn(path: readonly PropertyKey[]): { node?: string } {
  return path[0] === 'nodes' && path.length > 1 ? { node: String(path[1]) } : {};
}

interface SchemaPart {
  readonly properties?: Readonly<Record<string, SchemaPart>>;
  readonly additionalProperties?: SchemaPart | boolean;
  readonly items?: SchemaPart;
  readonly anyOf?: readonly SchemaPart[];
}

/** The keys that an object may have at a path of the document. */
function keysAt(schema: SchemaPart, path: readonly PropertyKey[]): string[] {
  let parts: SchemaPart[] = [schema];
  for (const key of path) {
    parts = parts.flatMap(alternatives).flatMap((part) => {
      const inner = part.properties?.[String(key)] ?? part.items ?? part.additionalProperties;
      return typeof inner === 'object' ? [inner] : [];
    });
  }
  return parts.flatMap(alternatives).flatMap((part) => Object.keys(part.properties ?? {}));
}

function alternatives(part: SchemaPart): readonly SchemaPart[] {
  return part.anyOf ?? [part];
}
