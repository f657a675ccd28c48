import { checkEdges, takesSeveral } from '../check-edges.ts';
import type { GraphDocument } from '../document.ts';
import { edgesOf, parseEdge, parsePortReference, sourceText, topologicalOrder } from '../edges.ts';
import { graphFault, InvalidGraph, type GraphError } from '../graph-error.ts';
import { planAxes } from '../plan-axes.ts';
import type { StageRegistry } from '../registry.ts';
import { edited, type Edit } from './edit.ts';

/** Whether a connection can be made; `replaces` is the source that feeds the input now. */
export type ConnectionVerdict =
  { readonly fits: true; readonly replaces?: string } | { readonly fits: false; readonly error: GraphError };

/**
 * Judges a connection before it is made: unlike types, a loop, axes that do not agree, an output that the backbone does
 * not give.
 *
 * @param from `node.output`, or the name of an input of the graph
 * @param to `node.input`
 */
export function checkConnection(
  doc: GraphDocument,
  registry: StageRegistry,
  from: string,
  to: string,
): ConnectionVerdict {
  const known = new Set(faults(doc, registry).map(({ message }) => message));
  const several = takesSeveral(doc, registry, parsePortReference(to));
  const before = several ? undefined : feeding(doc, to);
  const edge = `${from} -> ${to}`;
  const error = faults(withEdge(doc, from, to, several), registry).find(
    (fault) => !isUnfinished(fault) && (!known.has(fault.message) || fault.message.includes(`"${edge}"`)),
  );
  if (error !== undefined) return { fits: false, error };
  return { fits: true, ...(before !== undefined && before !== from && { replaces: before }) };
}

/** What only says that something is not connected yet. One edge of a pair comes before the other. */
function isUnfinished({ code, message }: GraphError): boolean {
  return (
    code === 'graph.missing-input' ||
    code === 'graph.unpaired-edges' ||
    (code === 'graph.unknown-input' && message.startsWith('inputs.'))
  );
}

/**
 * Connects, in place of what fed the input before; into an input that gathers, after all that feeds it.
 *
 * @throws InvalidGraph with the reason when it cannot be
 */
export function connect(doc: GraphDocument, registry: StageRegistry, from: string, to: string): Edit {
  const verdict = checkConnection(doc, registry, from, to);
  if (!verdict.fits) throw new InvalidGraph([verdict.error]);
  return edited(
    withEdge(doc, from, to, takesSeveral(doc, registry, parsePortReference(to))),
    `connect ${from} to ${to}`,
    verdict.replaces === undefined ? [] : [`edge ${verdict.replaces} -> ${to}`],
  );
}

/**
 * Takes away what feeds an input.
 *
 * @param from only the last edge from there, where several lead into the input
 */
export function disconnect(doc: GraphDocument, to: string, from?: string): Edit {
  const edges = edgesOf(doc);
  const last = edges.findLastIndex((edge) => targetText(edge) === to && sourceText(edge.from) === from);
  const kept = edges.filter((edge, index) => (from === undefined ? targetText(edge) !== to : index !== last));
  return edited(
    { ...doc, edges: kept.map(({ text }) => text) },
    `disconnect ${to}${from === undefined ? '' : ` from ${from}`}`,
  );
}

/** What feeds an input: `node.output`, the name of an input of the graph, or nothing; the first of several. */
export function feeding(doc: GraphDocument, to: string): string | undefined {
  const edge = edgesOf(doc).find((each) => targetText(each) === to);
  return edge === undefined ? undefined : sourceText(edge.from);
}

function targetText({ to }: { to: { node: string; port: string } }): string {
  return `${to.node}.${to.port}`;
}

/** An edge that takes another's place stands where that stood, so that the file's difference is one line. */
function withEdge(doc: GraphDocument, from: string, to: string, several: boolean): GraphDocument {
  const text = parseEdge(`${from} -> ${to}`).text;
  const edges = edgesOf(doc);
  const at = several ? -1 : edges.findIndex((edge) => targetText(edge) === to);
  return {
    ...doc,
    edges: at < 0 ? [...doc.edges, text] : edges.map((edge, index) => (index === at ? text : edge.text)),
  };
}

function faults(doc: GraphDocument, registry: StageRegistry): GraphError[] {
  const { loop } = topologicalOrder(doc);
  if (loop !== undefined) {
    const way = [...loop, loop[0]].join(' -> ');
    return [
      ...checkEdges(doc, registry),
      graphFault({
        code: 'graph.cycle',
        node: loop[0] as string,
        where: loop[0],
        expected: 'edges without a loop',
        got: way,
        remedy: `take the value from a node that does not depend on ${loop[0]}`,
      }),
    ];
  }
  return [...checkEdges(doc, registry), ...planAxes(doc, registry).errors];
}
