import type { GraphDocument } from './document.ts';
import { edgesOf, parsePortReference } from './edges.ts';

/**
 * The document with some of its nodes only: edges between them, inputs that feed them, and what of outputs, sizes,
 * expectations, cells, groups and layout speaks of them. An expectation that compares with a node that is left out is
 * left out too.
 */
export function restrictGraph(doc: GraphDocument, keep: ReadonlySet<string>): GraphDocument {
  const edges = edgesOf(doc).filter(
    ({ from, to }) => keep.has(to.node) && (from.kind === 'input' || keep.has(from.node)),
  );
  const used = new Set(edges.flatMap(({ from }) => (from.kind === 'input' ? [from.input] : [])));
  const fed = new Set(edgesOf(doc).flatMap(({ from }) => (from.kind === 'input' ? [from.input] : [])));
  const keeps = (reference: unknown): boolean =>
    typeof reference !== 'string' || keep.has(parsePortReference(reference).node);
  return {
    ...doc,
    // An input that nothing used before is a fault of the document: it stays, so that it is found.
    inputs: only(doc.inputs, (name) => used.has(name) || !fed.has(name)),
    nodes: only(doc.nodes, (name) => keep.has(name)),
    edges: edges.map(({ text }) => text),
    outputs: Object.fromEntries(Object.entries(doc.outputs).filter(([, reference]) => keeps(reference))),
    sizes: Object.fromEntries(Object.entries(doc.sizes).map(([size, overrides]) => [size, only(overrides, keeps)])),
    expect: doc.expect.filter(({ metric, atLeast, atMost }) => keeps(metric) && keeps(atLeast) && keeps(atMost)),
    cells: doc.cells.filter((cell) => !('show' in cell) || keeps(cell.show)),
    groups: doc.groups
      .map((group) => ({ ...group, nodes: group.nodes.filter((node) => keep.has(node)) }))
      .filter(({ nodes }) => nodes.length > 0),
    layout: only(doc.layout, (name) => name.startsWith('inputs.') || keep.has(name)),
  };
}

function only<T>(map: Readonly<Record<string, T>>, wanted: (name: string) => boolean): Record<string, T> {
  return Object.fromEntries(Object.entries(map).filter(([name]) => wanted(name)));
}
