import { ALL_AXES, settleAxes, type SettledStage } from '@soliloquy/stage';
import { requiredInputs } from './check-edges.ts';
import type { GraphDocument } from './document.ts';
import { edgesOf, parsePortReference, sourceText, type Edge, type EdgeSource } from './edges.ts';
import { metricFault } from './known-metrics.ts';
import { lookUpNode } from './look-up.ts';
import type { StageRegistry } from './registry.ts';
import { tryParams } from './resolve-params.ts';
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
  const kept: KeptEdge[] = [];
  const lost: Edge[] = [];
  for (const edge of edges) {
    if (gone.has(edge.to.node)) continue;
    const from = through(edge.from);
    if (from === undefined) lost.push(edge);
    else kept.push({ ...edge, origin: edge, from, text: `${sourceText(from)} -> ${edge.to.node}.${edge.to.port}` });
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
      const { from, to, origin } = kept[index] as KeptEdge;
      const leaves = from.kind === 'node' && from.node === node;
      if (to.node === node || leaves) kept.splice(index, 1);
      if (to.node !== node && leaves) lost.push(origin);
    }
  }

  dropPartners(kept, lost, edges, (node) => {
    const found = lookUpNode(doc, node, registry);
    return found.kind === 'found' ? settleAxes(found.stage, tryParams(doc, node, found, {}).params) : undefined;
  });
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
  const measured = withoutUnfed(active, doc, registry);
  const unused = new Set(
    edges.flatMap(({ from }) =>
      from.kind === 'input' && !kept.some((edge) => edge.from.kind === 'input' && edge.from.input === from.input)
        ? [from.input]
        : [],
    ),
  );
  const outputs = Object.keys(doc.outputs).filter((file) => !Object.hasOwn(active.outputs, file));
  if (outputs.length > 0) notes.push(`outputs left out: ${outputs.join(', ')}`);
  const expectations = doc.expect.length - measured.expect.length;
  if (expectations > 0) notes.push(`expectations left out: ${expectations} of ${doc.expect.length}`);
  return {
    doc: {
      ...measured,
      inputs: Object.fromEntries(Object.entries(measured.inputs).filter(([name]) => !unused.has(name))),
    },
    notes,
  };
}

/** An edge that is left in, and what it was in the document. */
type KeptEdge = Edge & { readonly origin: Edge };

/**
 * Inputs that gather one axis are matched edge by edge: where an edge into one is left out, so is its counterpart into
 * the others.
 */
function dropPartners(
  kept: KeptEdge[],
  lost: readonly Edge[],
  edges: readonly Edge[],
  stageOf: (node: string) => SettledStage | undefined,
): void {
  for (const edge of lost) {
    const inputs = stageOf(edge.to.node)?.inputs ?? {};
    const axis = inputs[edge.to.port]?.gathers;
    if (axis === undefined || axis === ALL_AXES) continue;
    const into = (port: string): Edge[] => edges.filter(({ to }) => to.node === edge.to.node && to.port === port);
    const place = into(edge.to.port).indexOf(edge);
    const matched = Object.keys(inputs).filter((port) => inputs[port]?.gathers === axis && into(port).length > 1);
    for (const port of matched) {
      const at = kept.findIndex(({ origin }) => origin === into(port)[place]);
      if (at >= 0) kept.splice(at, 1);
    }
  }
}

/** Without the expectations of metrics that need an input which nothing feeds any more. */
function withoutUnfed(active: GraphDocument, doc: GraphDocument, registry: StageRegistry): GraphDocument {
  const faulty = (where: GraphDocument, reference: unknown): boolean => {
    if (typeof reference !== 'string') return false;
    const { node, port: metric } = parsePortReference(reference);
    return metricFault(where, registry, { node, metric, where: '' })?.code === 'graph.missing-input';
  };
  return {
    ...active,
    expect: active.expect.filter(({ metric, atLeast, atMost }) =>
      [metric, atLeast, atMost].every((reference) => faulty(doc, reference) || !faulty(active, reference)),
    ),
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
