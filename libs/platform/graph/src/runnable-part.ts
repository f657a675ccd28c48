import type { GraphDocument } from './document.ts';
import { edgesOf } from './edges.ts';
import { restrictGraph } from './restrict-graph.ts';

/** What is known of a fault when the rest of a graph is looked for: a node, or by `port` an input of the graph. */
export interface FaultyPart {
  readonly node?: string;
  readonly port?: string;
}

/** The document without inputs that no edge reads: a run has no use for them. */
export function withoutUnreadInputs(doc: GraphDocument): GraphDocument {
  const read = new Set(edgesOf(doc).flatMap(({ from }) => (from.kind === 'input' ? [from.input] : [])));
  const unread = Object.keys(doc.inputs).filter((name) => !read.has(name));
  return unread.length === 0 ? doc : withoutInputs(doc, new Set(unread));
}

/**
 * What of a document is left when what is faulty is taken away: nodes and inputs with all that depends on them, or,
 * for faults that lie in neither, what outputs, expectations and cells say.
 *
 * @returns `undefined` where nothing is left, or nothing more can be taken away
 */
export function withoutFaulty(doc: GraphDocument, faults: readonly FaultyPart[]): GraphDocument | undefined {
  const nodes = new Set<string>();
  const inputs = new Set<string>();
  let elsewhere = false;
  for (const { node, port } of faults)
    if (node !== undefined && Object.hasOwn(doc.nodes, node)) nodes.add(node);
    else if (node === undefined && port !== undefined && Object.hasOwn(doc.inputs, port)) inputs.add(port);
    else elsewhere = true;
  const spoken = doc.expect.length + doc.cells.length + Object.keys(doc.outputs).length;
  if (elsewhere && spoken === 0) return undefined;
  const edges = edgesOf(doc);
  for (const { from, to } of edges) if (from.kind === 'input' && inputs.has(from.input)) nodes.add(to.node);
  for (const node of nodes)
    for (const { from, to } of edges) if (from.kind === 'node' && from.node === node) nodes.add(to.node);
  const kept = new Set(Object.keys(doc.nodes).filter((name) => !nodes.has(name)));
  if (kept.size === 0) return undefined;
  const rest = withoutUnreadInputs(restrictGraph(withoutInputs(doc, inputs), kept));
  return elsewhere ? { ...rest, outputs: {}, expect: [], cells: [] } : rest;
}

function withoutInputs(doc: GraphDocument, names: ReadonlySet<string>): GraphDocument {
  return { ...doc, inputs: Object.fromEntries(Object.entries(doc.inputs).filter(([name]) => !names.has(name))) };
}
