import type { GraphDocument } from './document.ts';
import { parseEdge } from './edges.ts';

/** Longest line; a value that does not fit is broken over several. */
const WIDTH = 120;

/**
 * The one canonical text of a document: fixed order of sections with groups, comments and layout last, nodes, inputs
 * and edges in the document's order, params and other maps by name, one node or edge a line where it fits, nothing that
 * is empty. Formatting what was formatted gives the same text.
 */
export function formatGraph(doc: GraphDocument): string {
  const sections: [string, unknown][] = [
    ['$schema', doc.$schema],
    ['format', doc.format],
    ['name', doc.name],
    ['description', doc.description],
    ['seed', doc.seed],
    ['size', doc.size],
    [
      'inputs',
      each(doc.inputs, ({ type, default: value, optional, description }) =>
        defined({ type, default: value, optional, description }),
      ),
    ],
    [
      'nodes',
      each(doc.nodes, ({ stage, backbone, params, skip }) =>
        defined({
          stage,
          backbone,
          params: params && Object.keys(params).length > 0 ? byName(params) : undefined,
          skip,
        }),
      ),
    ],
    ['edges', doc.edges.map((edge) => parseEdge(edge).text)],
    ['outputs', doc.outputs],
    ['sizes', each(doc.sizes, byName)],
    [
      'expect',
      doc.expect.map(({ metric, atLeast, atMost, sizes, why }) => defined({ metric, atLeast, atMost, sizes, why })),
    ],
    ['cells', doc.cells],
    ['groups', doc.groups.map(({ title, nodes }) => ({ title, nodes }))],
    ['comments', doc.comments.map(({ text, at, size }) => defined({ text, at, size }))],
    ['layout', byName(doc.layout)],
  ];
  const present = sections.filter(
    ([key, value]) =>
      value !== undefined &&
      (key === 'nodes' || typeof value !== 'object' || value === null || Object.keys(value).length > 0),
  );
  return `{\n${present.map(([key, value]) => `  ${JSON.stringify(key)}: ${section(value)}`).join(',\n')}\n}\n`;
}

function defined(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined));
}

function each<T>(entries: Readonly<Record<string, T>>, change: (value: T) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(entries).map(([key, value]) => [key, change(value)]));
}

/** Sorted by name, through all levels: what a map holds means the same in any order. */
function byName(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(byName);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, byName(inner)]),
  );
}

/** A section is always broken, one entry a line, so that a changed entry is a changed line. */
function section(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  return broken(value, 2);
}

function write(value: unknown, indent: number, used: number): string {
  const line = oneLine(value);
  if (value === null || typeof value !== 'object' || indent + used + line.length + 1 <= WIDTH) return line;
  return broken(value, indent);
}

function oneLine(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`;
  const members = Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)}: ${oneLine(inner)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

function broken(value: object, indent: number): string {
  const entries: [string, unknown][] = Array.isArray(value)
    ? value.map((inner: unknown) => ['', inner])
    : Object.entries(value).map(([key, inner]) => [`${JSON.stringify(key)}: `, inner]);
  if (entries.length === 0) return oneLine(value);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const inside = ' '.repeat(indent + 2);
  return (
    `${open}\n` +
    `${entries.map(([key, inner]) => `${inside}${key}${write(inner, indent + 2, key.length)}`).join(',\n')}\n` +
    `${' '.repeat(indent)}${close}`
  );
}
