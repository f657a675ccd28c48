import type { GraphDocument } from './document.ts';
import { edgesOf } from './edges.ts';

/** The named nodes and all that they feed, directly or not: what can change when they do. */
export function downstreamOf(doc: GraphDocument, nodes: Iterable<string>): Set<string> {
  const edges = edgesOf(doc);
  const reached = new Set(nodes);
  // A set is visited to its end, with what is added meanwhile.
  for (const node of reached)
    for (const { from, to } of edges) if (from.kind === 'node' && from.node === node) reached.add(to.node);
  return reached;
}
