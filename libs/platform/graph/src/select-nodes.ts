import { meant, oneOf } from './closest-name.ts';
import type { GraphDocument } from './document.ts';
import { edgesOf } from './edges.ts';
import { graphFault, InvalidGraph } from './graph-error.ts';
import { restrictGraph } from './restrict-graph.ts';

/**
 * What of a graph to run: all of it; a node with all that it needs; or a node and all that depends on it, executed
 * anew.
 */
export type Target =
  | { readonly kind: 'all' }
  | { readonly kind: 'to'; readonly node: string }
  | { readonly kind: 'from'; readonly node: string };

/**
 * The part of a document that a target asks for, and the nodes in it whose results are not taken from the cache.
 *
 * @throws InvalidGraph when there is no such node
 */
export function selectNodes(doc: GraphDocument, target: Target): { doc: GraphDocument; anew: ReadonlySet<string> } {
  if (target.kind === 'all') return { doc, anew: new Set() };
  const { node } = target;
  if (!Object.hasOwn(doc.nodes, node)) {
    const names = Object.keys(doc.nodes);
    throw new InvalidGraph([
      graphFault({
        code: 'graph.unknown-node',
        node,
        where: 'target.node',
        expected: `a node that runs (${oneOf(names)})`,
        got: `"${node}"`,
        remedy: meant(node, names, 'choose one of them'),
      }),
    ]);
  }
  const edges = edgesOf(doc).flatMap(({ from, to }) =>
    from.kind === 'node' ? [{ before: from.node, after: to.node }] : [],
  );
  const before = (name: string): string[] => edges.filter(({ after }) => after === name).map((edge) => edge.before);
  const after = (name: string): string[] => edges.filter((edge) => edge.before === name).map((edge) => edge.after);
  if (target.kind === 'to') return { doc: restrictGraph(doc, reach([node], before)), anew: new Set() };
  const anew = reach([node], after);
  return { doc: restrictGraph(doc, reach(anew, before)), anew };
}

function reach(from: Iterable<string>, next: (name: string) => string[]): Set<string> {
  const found = new Set(from);
  for (const name of found) for (const other of next(name)) found.add(other);
  return found;
}
