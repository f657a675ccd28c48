import { z } from 'zod';
import { closestName, oneOf } from './closest-name.ts';
import { graphSchema, type GraphDocument } from './document.ts';
import { graphFault, InvalidGraph, type GraphError } from './graph-error.ts';
import { expectedBy, shown, valueAt } from './issue-words.ts';
import { lineAndColumn, scanJson } from './json-scan.ts';

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
  const place = (offset: number): { line: number; column: number; at: string } => {
    const { line, column } = lineAndColumn(body, offset);
    return { line, column, at: `${options.path}:${line}:${column}` };
  };
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
  const parsed = graphSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => unknownKey(issue.path, key))
      : [badValue(value, issue)],
  );
  throw new InvalidGraph(
    errors.map(({ path, ...error }) => {
      const { line, column, at } = place(
        scan.offsets.get(path.join('/')) ?? scan.offsets.get(path.slice(0, -1).join('/')) ?? 0,
      );
      return graphFault({ ...error, line, column, where: `${at}: ${error.where}` });
    }),
  );
}

type Found = Omit<GraphError, 'line' | 'column' | 'message'> & { path: readonly PropertyKey[] };

function unknownKey(parent: readonly PropertyKey[], key: string): Found {
  const path = [...parent, key];
  const known = keysAt(graphJsonSchema(), parent);
  const close = closestName(key, known);
  const remedy = close === undefined ? `delete "${key}"` : `did you mean "${close}"?`;
  return {
    code: 'graph.unknown-key',
    path,
    ...nodeIn(path),
    where: path.join('.'),
    expected: oneOf(known),
    got: `"${key}"`,
    remedy,
  };
}

function badValue(value: unknown, issue: z.core.$ZodIssue): Found {
  const got = valueAt(value, issue.path);
  const where = issue.path.length === 0 ? 'graph' : issue.path.join('.');
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
