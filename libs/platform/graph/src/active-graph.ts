import { requiredInputs } from './check-edges.ts';
import type { GraphDocument } from './document.ts';
import { edgesOf, sourceText, type Edge, type EdgeSource } from './edges.ts';
import { lookUpNode } from './look-up.ts';
import type { StageRegistry } from './registry.ts';
import { restrictGraph } from './restrict-graph.ts';

/**
 * What of a document takes part in a run: a bypassed node is replaced by what feeds it, output by output, where an
 * input of the same type is connected; a muted node is left out, and so is what cannot do without it. Outputs, cells
 * and expectations of nodes that are left out are left out too.
 *
 * @returns the document itself where nothing is skipped; `notes` say what is left out and why
 */
export function activeGraph(doc: GraphDocument, registry: StageRegistry): { doc: GraphDocument; notes: string[] } {
  const skipped = Object.entries(doc.nodes).filter(([, { skip }]) => skip !== undefined);
  if (skipped.length === 0) return { doc, notes: [] };
  const notes = skipped.map(([name, { skip }]) => (skip === 'mute' ? `${name}: muted` : `${name}: bypassed`));
  const edges = edgesOf(doc);
  /** The source that stands in for one, through any number of bypassed nodes; none where nothing goes through. */
  const through = (from: EdgeSource, seen: readonly string[] = []): EdgeSource | undefined => {
    if (from.kind === 'input' || doc.nodes[from.node]?.skip === undefined) return from;
    if (doc.nodes[from.node]?.skip === 'mute' || seen.includes(from.node)) return undefined;
    const fed = feedsOf(doc, registry, edges, from.node, from.port);
    return fed === undefined ? undefined : through(fed, [...seen, from.node]);
  };

  const gone = new Set(skipped.map(([name]) => name));
  const kept: Edge[] = [];
  const lost: Edge[] = [];
  for (const edge of edges) {
    if (gone.has(edge.to.node)) continue;
    const from = through(edge.from);
    if (from === undefined) lost.push(edge);
    else kept.push({ ...edge, from, text: `${sourceText(from)} -> ${edge.to.node}.${edge.to.port}` });
  }
  for (let at = 0; at < lost.length; at++) {
    const { node, port } = (lost[at] as Edge).to;
    const found = lookUpNode(doc, node, registry);
    if (gone.has(node) || found.kind === 'missing') continue;
    const fed = new Set(kept.filter(({ to }) => to.node === node).map(({ to }) => to.port));
    if (
      !requiredInputs(found.stage.inputs, found.backbone).some(
        (ports) => ports.includes(port) && !ports.some((each) => fed.has(each)),
      )
    )
      continue;
    gone.add(node);
    notes.push(`${node}: left out, since ${sourceText((lost[at] as Edge).from)} gives it nothing`);
    for (let index = kept.length - 1; index >= 0; index--) {
      const edge = kept[index] as Edge;
      if (edge.to.node === node) kept.splice(index, 1);
      else if (edge.from.kind === 'node' && edge.from.node === node) lost.push(...kept.splice(index, 1));
    }
  }

  const redirected = (reference: string): string => {
    const [node, port] = reference.split('.') as [string, string];
    const from = through({ kind: 'node', node, port });
    return from?.kind === 'node' ? sourceText(from) : reference;
  };
  const rewired: GraphDocument = {
    ...doc,
    edges: kept.map(({ text }) => text),
    outputs: Object.fromEntries(Object.entries(doc.outputs).map(([file, reference]) => [file, redirected(reference)])),
    cells: doc.cells.map((cell) => ('show' in cell ? { show: redirected(cell.show) } : cell)),
  };
  const active = restrictGraph(rewired, new Set(Object.keys(doc.nodes).filter((name) => !gone.has(name))));
  const unused = new Set(
    edges.flatMap(({ from }) =>
      from.kind === 'input' && !kept.some((edge) => edge.from.kind === 'input' && edge.from.input === from.input)
        ? [from.input]
        : [],
    ),
  );
  const outputs = Object.keys(doc.outputs).filter((file) => !Object.hasOwn(active.outputs, file));
  if (outputs.length > 0) notes.push(`outputs left out: ${outputs.join(', ')}`);
  const expectations = doc.expect.length - active.expect.length;
  if (expectations > 0) notes.push(`expectations left out: ${expectations} of ${doc.expect.length}`);
  return {
    doc: { ...active, inputs: Object.fromEntries(Object.entries(active.inputs).filter(([name]) => !unused.has(name))) },
    notes,
  };
}

/** What feeds the first connected input of a node that has the type of one of its outputs. */
function feedsOf(
  doc: GraphDocument,
  registry: StageRegistry,
  edges: readonly Edge[],
  node: string,
  output: string,
): EdgeSource | undefined {
  const found = lookUpNode(doc, node, registry);
  if (found.kind === 'missing' || !Object.hasOwn(found.stage.outputs, output)) return undefined;
  const type = found.stage.outputs[output]?.type.id;
  const port = Object.keys(found.stage.inputs).find(
    (input) =>
      found.stage.inputs[input]?.type.id === type && edges.some(({ to }) => to.node === node && to.port === input),
  );
  return edges.find(({ to }) => to.node === node && to.port === port)?.from;
}
