import { metrics as metricsPort } from '@soliloquy/ports/metrics';
import { figuresOf, NETWORKS_PARAM, type Figure } from '@soliloquy/stage';
import { closestName, oneOf } from './closest-name.ts';
import type { GraphDocument } from './document.ts';
import { edgesOf } from './edges.ts';
import { graphFault, type GraphError } from './graph-error.ts';
import { lookUpNode, nodeOf, type ResolvedNode } from './look-up.ts';
import type { StageRegistry } from './registry.ts';

/** Whether a stage has an output of type `metrics`, which expectations can speak of. */
export function measures({ stage }: ResolvedNode): boolean {
  return Object.values(stage.outputs).some(({ type }) => type.id === metricsPort.id);
}

/**
 * The figures that a node may give, by name, as its stage and backbone declare them.
 *
 * @returns `undefined` where that is not known: an output of type `metrics` without declared figures
 */
export function knownMetrics(
  doc: GraphDocument,
  registry: StageRegistry,
  node: string,
  seen: readonly string[] = [],
): Map<string, Figure> | undefined {
  const found = lookUpNode(doc, node, registry);
  if (found.kind === 'missing' || seen.includes(node)) return undefined;
  const known = new Map<string, Figure>();
  for (const [output, { type }] of Object.entries(found.stage.outputs)) {
    if (type.id !== metricsPort.id || found.backbone.omits?.includes(output) === true) continue;
    const figures = figuresOf(found.stage, found.backbone, output);
    if (figures === undefined) return undefined;
    for (const [name, figure] of Object.entries(figures)) {
      if (figure.of === undefined) {
        known.set(name, figure);
        continue;
      }
      const sources = edgesOf(doc).filter(({ to }) => to.node === node && to.port === figure.of);
      for (const { from } of sources) {
        const given = from.kind === 'node' ? knownMetrics(doc, registry, from.node, [...seen, node]) : undefined;
        if (given === undefined) return undefined;
        for (const [each] of given) known.set(each + name, figure);
      }
    }
  }
  return known;
}

/**
 * What is wrong with a metric that an expectation names: nobody makes it, or an input that it needs is not connected.
 *
 * @param where the expectation, for the message
 */
export function metricFault(
  doc: GraphDocument,
  registry: StageRegistry,
  { node, metric, where }: { node: string; metric: string; where: string },
): GraphError | undefined {
  const known = knownMetrics(doc, registry, node);
  if (known === undefined) return undefined;
  const figure = known.get(metric);
  if (figure === undefined)
    return graphFault({
      code: 'graph.unknown-metric',
      node,
      port: metric,
      where,
      expected: `a metric of ${node} (${oneOf(known.keys())})`,
      got: `"${metric}"`,
      remedy: remedyFor(doc, registry, node, metric),
    });
  const unnamed = unnamedNetworks(doc, node, figure);
  if (unnamed.length > 0)
    return graphFault({
      code: 'graph.missing-network',
      node,
      port: NETWORKS_PARAM,
      where,
      expected: `${unnamed.join(' and ')} in params.${NETWORKS_PARAM} of ${node}, which this metric needs`,
      got: 'none',
      remedy: `add it to ${NETWORKS_PARAM}; soliloquy models list says how it is brought`,
    });
  const connected = new Set(edgesOf(doc).flatMap(({ to }) => (to.node === node ? [to.port] : [])));
  const lacking = (figure.needs ?? []).filter((port) => !connected.has(port));
  if (lacking.length === 0) return undefined;
  return graphFault({
    code: 'graph.missing-input',
    node,
    port: lacking[0] as string,
    where,
    expected: `a connection into ${lacking.map((port) => `${node}.${port}`).join(' and ')}, which this metric needs`,
    got: 'none',
    remedy: `add an edge "… -> ${node}.${lacking[0]}"`,
  });
}

/** Networks of a figure that the node does not name, at none of the graph's sizes. */
function unnamedNetworks(doc: GraphDocument, node: string, { networks = [] }: Figure): string[] {
  const overrides = Object.values(doc.sizes).map((params) => params[`${node}.${NETWORKS_PARAM}`]);
  const named = [doc.nodes[node]?.params?.[NETWORKS_PARAM], ...overrides].flat();
  return networks.filter((network) => !named.includes(network));
}

/** What to do about a metric that a node does not give: another backbone that gives it, or the name that was meant. */
function remedyFor(doc: GraphDocument, registry: StageRegistry, node: string, metric: string): string {
  const { stage } = nodeOf(doc, node, registry);
  const giving = Object.entries(stage.backbones)
    .filter(([, { measures: own }]) => Object.values(own ?? {}).some((figures) => Object.hasOwn(figures, metric)))
    .map(([name]) => name);
  if (giving.length > 0) return `choose backbone ${oneOf(giving)}, which gives it`;
  const close = closestName(metric, knownMetrics(doc, registry, node)?.keys() ?? []);
  return close === undefined ? 'choose one of them' : `did you mean "${node}.${close}"?`;
}
