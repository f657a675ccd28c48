import type { GraphDocument } from './document.ts';
import { edgesOf, sourceText } from './edges.ts';
import { shown } from './issue-words.ts';

/**
 * What differs, in words, one line each; `cells` and `layout` (with groups and comments) apart, since they change no
 * result.
 */
export interface GraphDiff {
  readonly changes: readonly string[];
  readonly cells: readonly string[];
  readonly layout: readonly string[];
}

/**
 * What turns document `a` into `b`, e.g. `clips.backbone: puppet -> latent-flow`, `fit.params.steps: 200 -> 400`.
 * The order of nodes and edges is no difference.
 */
export function diffGraphs(a: GraphDocument, b: GraphDocument): GraphDiff {
  return {
    changes: [
      ...changed('name', a.name, b.name),
      ...changed('description', a.description, b.description),
      ...changed('seed', a.seed, b.seed),
      ...changed('size', a.size, b.size),
      ...diffMap(
        a.inputs,
        b.inputs,
        (name) => `input ${name}`,
        (name, before, after) => diffFields(`inputs.${name}`, before, after),
      ),
      ...diffMap(
        a.nodes,
        b.nodes,
        (name, node) => `node ${name} (${node.stage}${node.backbone === undefined ? '' : `, ${node.backbone}`})`,
        (name, before, after) => [
          ...changed(`${name}.stage`, before.stage, after.stage),
          ...changed(`${name}.backbone`, before.backbone, after.backbone),
          ...changed(`${name}.skip`, before.skip ?? 'no', after.skip ?? 'no'),
          ...diffFields(`${name}.params`, before.params ?? {}, after.params ?? {}),
        ],
      ),
      ...diffEdges(a, b),
      ...diffMap(
        a.outputs,
        b.outputs,
        (file, port) => `output ${file} (${port})`,
        (file, before, after) => changed(`outputs.${file}`, before, after),
      ),
      ...diffMap(
        a.sizes,
        b.sizes,
        (size) => `size ${size}`,
        (size, before, after) => diffFields(`sizes.${size}`, before, after),
      ),
      ...diffLists(a.expect, b.expect, 'expectation'),
    ],
    cells: diffLists(a.cells, b.cells, 'cell'),
    layout: [
      ...diffLists(a.groups, b.groups, 'group'),
      ...diffLists(a.comments, b.comments, 'comment'),
      ...diffMap(
        a.layout,
        b.layout,
        (node) => `position of ${node}`,
        (node, before, after) => changed(`layout.${node}`, before, after),
      ),
    ],
  };
}

/** Deep comparison by JSON with sorted keys. */
function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_key, inner: unknown) =>
      inner !== null && typeof inner === 'object' && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([x], [y]) => (x < y ? -1 : 1)))
        : inner,
    ) ?? 'nothing'
  );
}

function word(value: unknown): string {
  if (value === undefined) return 'default';
  return typeof value === 'string' && /^[\w.@<>/:-]+$/.test(value) ? value : shown(value);
}

function changed(where: string, before: unknown, after: unknown): string[] {
  return canonical(before) === canonical(after) ? [] : [`${where}: ${word(before)} -> ${word(after)}`];
}

function diffFields(
  where: string,
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .sort()
    .flatMap((key) => changed(`${where}.${key}`, before[key], after[key]));
}

function diffMap<T>(
  before: Readonly<Record<string, T>>,
  after: Readonly<Record<string, T>>,
  what: (name: string, value: T) => string,
  diff: (name: string, before: T, after: T) => string[],
): string[] {
  const removed = Object.entries(before)
    .filter(([name]) => !Object.hasOwn(after, name))
    .map(([name, value]) => `${what(name, value)} removed`);
  const kept = Object.entries(before).flatMap(([name, value]) =>
    Object.hasOwn(after, name) ? diff(name, value, after[name] as T) : [],
  );
  const added = Object.entries(after)
    .filter(([name]) => !Object.hasOwn(before, name))
    .map(([name, value]) => `${what(name, value)} added`);
  return [...removed, ...kept, ...added];
}

function diffEdges(a: GraphDocument, b: GraphDocument): string[] {
  const [before, after] = [a, b].map((doc) => Map.groupBy(edgesOf(doc), ({ to }) => `${to.node}.${to.port}`));
  return [...new Set([...before!.keys(), ...after!.keys()])].flatMap((target) => {
    const [was, is] = [before!, after!].map((edges) => (edges.get(target) ?? []).map(({ from }) => sourceText(from)));
    if (was!.join() === is!.join()) return [];
    if (was!.length === 1 && is!.length === 1) return [`${target}: fed by ${was![0]} -> fed by ${is![0]}`];
    const [gone, come] = [without(was!, is!), without(is!, was!)];
    if (gone.length + come.length === 0) return [`${target}: fed in another order: ${is!.join(', ')}`];
    return [
      ...gone.map((from) => `edge removed: ${from} -> ${target}`),
      ...come.map((from) => `edge added: ${from} -> ${target}`),
    ];
  });
}

/** A list less another, each as often as it stands there. */
function without(list: readonly string[], other: readonly string[]): string[] {
  const rest = [...other];
  return list.filter((each) => {
    const at = rest.indexOf(each);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
}

function diffLists(before: readonly unknown[], after: readonly unknown[], what: string): string[] {
  const left = before.map(canonical);
  const right = after.map(canonical);
  const removed = left.filter((text) => !right.includes(text)).map((text) => `${what} removed: ${text}`);
  const added = right.filter((text) => !left.includes(text)).map((text) => `${what} added: ${text}`);
  const moved =
    removed.length + added.length === 0 && left.join('\n') !== right.join('\n')
      ? [`${what}s in another order or number`]
      : [];
  return [...removed, ...added, ...moved];
}
