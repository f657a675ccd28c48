import type { GraphDocument } from './document.ts';

/** A port of a node. */
export interface PortReference {
  readonly node: string;
  readonly port: string;
}

/** Where a value comes from: an input of the graph, or an output of a node. */
export type EdgeSource =
  { readonly kind: 'input'; readonly input: string } | ({ readonly kind: 'node' } & PortReference);

/** `from -> to`, taken apart. */
export interface Edge {
  readonly from: EdgeSource;
  readonly to: PortReference;
  /** as it is written canonically */
  readonly text: string;
}

/** `film.video` -> node and port. */
export function parsePortReference(text: string): PortReference {
  const dot = text.indexOf('.');
  return { node: text.slice(0, dot), port: text.slice(dot + 1) };
}

/** An edge string that the document's schema accepted, taken apart. */
export function parseEdge(text: string): Edge {
  const [left, right] = text.split('->').map((side) => side.trim()) as [string, string];
  const from: EdgeSource = left.includes('.')
    ? { kind: 'node', ...parsePortReference(left) }
    : { kind: 'input', input: left };
  return { from, to: parsePortReference(right), text: `${left} -> ${right}` };
}

/** How an edge's source is written: `line` or `voice.audio`. */
export function sourceText(from: EdgeSource): string {
  return from.kind === 'input' ? from.input : `${from.node}.${from.port}`;
}

/** All edges of a document, in its order. */
export function edgesOf(doc: GraphDocument): Edge[] {
  return doc.edges.map(parseEdge);
}

/**
 * Nodes in an order in which each comes after all that feed it; among equals in the document's order.
 * `loop` is set instead of a full order when there is a cycle: the names along it, e.g. `[a, b]` for a -> b -> a.
 */
export function topologicalOrder(doc: GraphDocument): { order: string[]; loop?: string[] } {
  const feeds = new Map(Object.keys(doc.nodes).map((node) => [node, new Set<string>()]));
  for (const { from, to } of edgesOf(doc)) {
    if (from.kind === 'node' && feeds.has(from.node)) feeds.get(to.node)?.add(from.node);
  }
  const { order, placed } = inRounds(feeds);
  const stuck = [...feeds.keys()].find((node) => !placed.has(node));
  return stuck === undefined ? { order } : { order, loop: findLoop(feeds, placed, stuck) };
}

/**
 * Nodes in rounds: each round goes through the document and takes what all of its sources come before. A node's round
 * is that of its latest source, or the next where that source stands behind it; so the rounds need not be gone through.
 */
function inRounds(feeds: ReadonlyMap<string, ReadonlySet<string>>): { order: string[]; placed: Set<string> } {
  const position = new Map([...feeds.keys()].map((node, at) => [node, at]));
  const fed = new Map<string, string[]>();
  const waits = new Map<string, number>();
  for (const [node, sources] of feeds) {
    waits.set(node, sources.size);
    for (const source of sources) {
      const there = fed.get(source);
      if (there === undefined) fed.set(source, [node]);
      else there.push(node);
    }
  }
  const round = new Map([...feeds].filter(([, sources]) => sources.size === 0).map(([node]) => [node, 0]));
  const ready = [...round.keys()];
  for (let at = 0; at < ready.length; at += 1) {
    const node = ready[at] as string;
    for (const next of fed.get(node) ?? []) {
      const least =
        (round.get(node) as number) + ((position.get(node) as number) > (position.get(next) as number) ? 1 : 0);
      round.set(next, Math.max(round.get(next) ?? 0, least));
      waits.set(next, (waits.get(next) as number) - 1);
      if (waits.get(next) === 0) ready.push(next);
    }
  }
  const order = ready.sort(
    (a, b) =>
      (round.get(a) as number) - (round.get(b) as number) || (position.get(a) as number) - (position.get(b) as number),
  );
  return { order, placed: new Set(order) };
}

/**
 * Walks against the edges from a node that has no place, which must come round. Returned in the direction of the edges.
 */
function findLoop(
  feeds: ReadonlyMap<string, ReadonlySet<string>>,
  placed: ReadonlySet<string>,
  start: string,
): string[] {
  const path = [start];
  for (;;) {
    const before = [...(feeds.get(path[path.length - 1] as string) ?? [])].find(
      (source) => !placed.has(source),
    ) as string;
    const seen = path.indexOf(before);
    if (seen >= 0) return path.slice(seen).reverse();
    path.push(before);
  }
}
