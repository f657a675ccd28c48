import { ALL_AXES, settleAxes, type SettledStage } from '@soliloquy/stage';
import { sourcesText } from './check-edges.ts';
import type { GraphDocument } from './document.ts';
import { edgesOf, sourceText, topologicalOrder, type Edge } from './edges.ts';
import { graphFault, type GraphError } from './graph-error.ts';
import { lookUpNode } from './look-up.ts';
import type { StageRegistry } from './registry.ts';
import { tryParams, type Settings } from './resolve-params.ts';

/** The axes of one node. Each list is in the graph's order of axes: the order in which nodes make them. */
export interface NodeAxes {
  /** Over which the node fans out: one task per element of them; none is one task. */
  readonly axes: readonly string[];
  /** By connected input, what its edges carry (before gathering). */
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
 *
 * @param settings of the run: params may say the names of axes
 */
export function planAxes(doc: GraphDocument, registry: StageRegistry, settings: Settings = {}): AxisPlan {
  const nodes: Record<string, NodeAxes> = Object.create(null);
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
    const stage = settleAxes(found.stage, tryParams(doc, name, found, settings).params);
    const edges = (into.get(name) ?? []).filter(({ to }) => Object.hasOwn(stage.inputs, to.port));
    const inputs: Record<string, readonly string[]> = Object.create(null);
    const axes = new Set<string>();
    for (const edge of edges) {
      const { port } = edge.to;
      const { gathers } = stage.inputs[port]!;
      const arriving = carried(edge);
      if (arriving === undefined) unsure.add(name);
      inputs[port] = inOrder([...(inputs[port] ?? []), ...(arriving ?? [])]);
      if (arriving === undefined || gathers === ALL_AXES) continue;
      for (const axis of arriving) if (axis !== gathers) axes.add(axis);
      if (gathers !== undefined && !arriving.includes(gathers))
        errors.push(ungatherable({ name, port, axis: gathers }, edge, arriving, registry));
    }
    errors.push(...unpaired(name, stage, edges));
    const outputs: Record<string, readonly string[]> = Object.create(null);
    for (const [port, { makes }] of Object.entries(stage.outputs)) {
      if (makes !== undefined && axes.has(makes)) errors.push(madeTwice(name, port, makes, inputs));
      if (makes !== undefined && !made.includes(makes)) made.push(makes);
      outputs[port] = inOrder(makes === undefined ? axes : [...axes, makes]);
    }
    nodes[name] = { axes: inOrder(axes), inputs, outputs };
  }
  return { nodes, errors };
}

function madeTwice(
  name: string,
  port: string,
  makes: string,
  inputs: Readonly<Record<string, readonly string[]>>,
): GraphError {
  const carrying = Object.keys(inputs).filter((input) => inputs[input]!.includes(makes));
  return graphFault({
    code: 'graph.axis',
    node: name,
    port,
    where: `${name}.${port}`,
    expected: `inputs without axis "${makes}", since this output makes it`,
    got: `${carrying.join(', ')} with it`,
    remedy: `gather "${makes}" before`,
  });
}

/**
 * Inputs that gather one axis are matched edge by edge, e.g. the clips of a training and their voices: as many edges
 * lead into each.
 */
function unpaired(name: string, stage: SettledStage, edges: readonly Edge[]): GraphError[] {
  const gathering = [...Map.groupBy(edges, ({ to }) => to.port)]
    .map(([port, group]) => ({ port, axis: stage.inputs[port]!.gathers, group }))
    .filter(({ axis }) => axis !== undefined && axis !== ALL_AXES);
  return [...Map.groupBy(gathering, ({ axis }) => axis)].flatMap(([axis, inputs]): GraphError[] => {
    const [first, ...others] = inputs;
    return others
      .filter(({ group }) => group.length !== first!.group.length)
      .map(({ port, group }) =>
        graphFault({
          code: 'graph.unpaired-edges',
          node: name,
          port,
          where: `${name}.${port}`,
          expected: `${edgeCount(first!.group)} along "${axis}" as into ${name}.${first!.port}`,
          got: edgeCount(group),
          remedy: 'connect both edge by edge, in one order',
        }),
      );
  });
}

function edgeCount(edges: readonly Edge[]): string {
  return `${edges.length === 1 ? '1 edge' : `${edges.length} edges`} (from ${sourcesText(edges)})`;
}

function ungatherable(
  { name, port, axis }: { name: string; port: string; axis: string },
  edge: Edge,
  arriving: readonly string[],
  registry: StageRegistry,
): GraphError {
  const makers = [...registry.values()]
    .filter((stage) => Object.values(stage.outputs).some(({ makes }) => makes === axis || typeof makes === 'object'))
    .map((stage) => `${stage.id}@${stage.version}`);
  const remedy =
    makers.length === 0
      ? 'connect a value that has it'
      : `let it come from a node that makes "${axis}" (${makers.join(', ')})`;
  const carries = arriving.length === 0 ? 'without axes' : `with ${arriving.join(', ')} only`;
  return graphFault({
    code: 'graph.axis',
    node: name,
    port,
    where: `${name}.${port}`,
    expected: `values along axis "${axis}", which it gathers`,
    got: `${sourceText(edge.from)} ${carries}`,
    remedy,
  });
}
