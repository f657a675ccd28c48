import type { GraphDocument } from './document.ts';
import { edgesOf, sourceText, topologicalOrder, type Edge } from './edges.ts';
import { graphFault, type GraphError } from './graph-error.ts';
import { lookUpNode } from './look-up.ts';
import type { StageRegistry } from './registry.ts';

/** The axes of one node. Each list is in the graph's order of axes: the order in which nodes make them. */
export interface NodeAxes {
  /** Over which the node fans out: one task per element of them; none is one task. */
  readonly axes: readonly string[];
  /** By connected input, what its edge carries (before gathering). */
  readonly inputs: Readonly<Record<string, readonly string[]>>;
  /** By output, what it carries: the node's axes and the one that it makes. */
  readonly outputs: Readonly<Record<string, readonly string[]>>;
}

/** Which values of a graph are many, and along what. */
export interface AxisPlan {
  readonly nodes: Readonly<Record<string, NodeAxes>>;
  readonly errors: readonly GraphError[];
}

/**
 * Carries named axes along the edges: inputs that share an axis are matched along it, different axes multiply, `makes`
 * adds one, `gathers` takes one whole. Nodes that are not understood (unknown stage, cycle) carry nothing;
 * `validateGraph` says what is wrong with them.
 */
export function planAxes(doc: GraphDocument, registry: StageRegistry): AxisPlan {
  const nodes: Record<string, NodeAxes> = {};
  const errors: GraphError[] = [];
  const made: string[] = [];
  const inOrder = (axes: Iterable<string>): string[] =>
    [...new Set(axes)].sort((a, b) => made.indexOf(a) - made.indexOf(b));
  const into = Map.groupBy(edgesOf(doc), ({ to }) => to.node);
  const unsure = new Set<string>();
  /** What an edge carries; `undefined` where its source is not understood, or stands behind one that is not. */
  const carried = ({ from }: Edge): readonly string[] | undefined => {
    if (from.kind === 'input') return [];
    const known =
      Object.hasOwn(nodes, from.node) && Object.hasOwn(nodes[from.node]!.outputs, from.port) && !unsure.has(from.node);
    return known ? nodes[from.node]!.outputs[from.port] : undefined;
  };

  for (const name of topologicalOrder(doc).order) {
    const found = lookUpNode(doc, name, registry);
    if (found.kind === 'missing') continue;
    const { stage } = found;
    const inputs: Record<string, readonly string[]> = {};
    const axes = new Set<string>();
    for (const edge of (into.get(name) ?? []).filter(({ to }) => Object.hasOwn(stage.inputs, to.port))) {
      const { port } = edge.to;
      const gathers = stage.inputs[port]!.gathers;
      const arriving = carried(edge);
      if (arriving === undefined) unsure.add(name);
      inputs[port] = arriving ?? [];
      if (arriving === undefined) continue;
      for (const axis of arriving) if (axis !== gathers) axes.add(axis);
      if (gathers !== undefined && !arriving.includes(gathers))
        errors.push(ungatherable(name, port, gathers, edge, arriving, registry));
    }
    const outputs: Record<string, readonly string[]> = {};
    for (const [port, { makes }] of Object.entries(stage.outputs)) {
      if (makes !== undefined && axes.has(makes)) {
        errors.push(
          graphFault({
            code: 'graph.axis',
            node: name,
            port,
            where: `${name}.${port}`,
            expected: `inputs without axis "${makes}", since this output makes it`,
            got: `${Object.keys(inputs)
              .filter((input) => inputs[input]!.includes(makes))
              .join(', ')} with it`,
            remedy: `gather "${makes}" before`,
          }),
        );
      }
      if (makes !== undefined && !made.includes(makes)) made.push(makes);
      outputs[port] = inOrder(makes === undefined ? axes : [...axes, makes]);
    }
    nodes[name] = { axes: inOrder(axes), inputs, outputs };
  }
  return { nodes, errors };
}

function ungatherable(
  node: string,
  port: string,
  axis: string,
  edge: Edge,
  arriving: readonly string[],
  registry: StageRegistry,
): GraphError {
  const makers = [...registry.values()]
    .filter((stage) => Object.values(stage.outputs).some((output) => output.makes === axis))
    .map((stage) => `${stage.id}@${stage.version}`);
  const remedy =
    makers.length === 0
      ? 'connect a value that has it'
      : `let it come from a node that makes "${axis}" (${makers.join(', ')})`;
  return graphFault({
    code: 'graph.axis',
    node,
    port,
    where: `${node}.${port}`,
    expected: `values along axis "${axis}", which it gathers`,
    got: `${sourceText(edge.from)} ${arriving.length === 0 ? 'without axes' : `with ${arriving.join(', ')} only`}`,
    remedy,
  });
}
