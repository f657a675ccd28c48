import { availableCores } from '@soliloquy/device';
import {
  activeGraph,
  checkSet,
  edgesOf,
  InvalidGraph,
  nodeOf,
  parsePortReference,
  partNotes,
  planAxes,
  resolveParams,
  selectNodes,
  topologicalOrder,
  validateGraph,
  type EdgeSource,
  type GraphDocument,
  type Settings,
  type StageRegistry,
} from '@soliloquy/graph';
import { settleAxes, type Backbone, type Device, type FoundModel } from '@soliloquy/stage';
import type { ThreadWish } from '../transport/thread-budget.ts';
import type { FanNode } from './elements.ts';

/** A node with everything that its tasks are made of but the values they read. */
export interface PreparedNode extends FanNode {
  readonly backboneName: string;
  readonly backbone: Backbone;
  /** Of stage and backbone, defaults, size and `--set` applied. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly wants: ThreadWish;
  /** What its tasks compute on. */
  readonly device: Device;
  /** Digests of the models that it computes with, by the param that names each (`settleModels`). */
  readonly models?: Readonly<Record<string, string>>;
  /** The same models, with the licence that each is under. */
  readonly licensed?: readonly Pick<FoundModel, 'name' | 'licence'>[];
  /** With how many threads it computes on whatever machine; where left out, with those that it gets. */
  readonly threads?: number;
  /**
   * Higher goes first: what reads an input of the graph, so that a picture or a voice is refused before minutes of
   * work; then what is far from the end.
   */
  readonly rank: number;
}

/** A document made ready to plan or to run. */
export interface PreparedGraph {
  /** What runs of it: without what is muted, bypassed or outside the target. */
  readonly document: GraphDocument;
  /** As it was given. */
  readonly source: GraphDocument;
  /** What is left out because it is muted or bypassed, in words. */
  readonly notes: readonly string[];
  /** Nodes whose results are not taken from the cache. */
  readonly anew: ReadonlySet<string>;
  readonly registry: StageRegistry;
  readonly settings: Settings;
  readonly size: string;
  readonly seed: number;
  /** In topological order. */
  readonly nodes: readonly PreparedNode[];
}

/**
 * Checks a document and joins it with its stages, params, axes and edges.
 *
 * @param seed instead of the document's own
 * @param on   `device`: what the run has; a backbone that does not know WebGPU computes on the CPU all the same.
 *   `threads`: what `all` comes to where results depend on how many there are; those of this machine when left out
 * @throws InvalidGraph with everything that is wrong with it, or with the settings
 */
export function prepareGraph(
  source: GraphDocument,
  registry: StageRegistry,
  settings: Settings = {},
  seed?: number,
  on: { readonly device?: Device; readonly threads?: number } = {},
): PreparedGraph {
  const { device = 'cpu', threads = availableCores() } = on;
  const active = activeGraph(source, registry);
  const { doc: document, anew } = selectNodes(active.doc, settings.target ?? { kind: 'all' });
  const errors = validateGraph(document, registry);
  // What is set for a node that does not take part is no fault.
  const set = Object.fromEntries(
    Object.entries(settings.set ?? {}).filter(([key]) => {
      const { node } = parsePortReference(key);
      return Object.hasOwn(document.nodes, node) || !Object.hasOwn(source.nodes, node);
    }),
  );
  if (errors.length === 0) errors.push(...checkSet(document, registry, { ...settings, set }));
  const axes = planAxes(document, registry, settings);
  if (errors.length === 0) errors.push(...axes.errors);
  if (errors.length > 0) throw new InvalidGraph(errors);
  const { order } = topologicalOrder(document);
  const edges = edgesOf(document);
  // Once for all: looked for at each node, ten thousand nodes would take seconds.
  const edgesInto = Map.groupBy(edges, ({ to }) => to.node);
  const edgesFrom = Map.groupBy(edges, ({ from }) => (from.kind === 'node' ? from.node : undefined));
  const heights = new Map<string, number>();
  for (const name of order.toReversed()) {
    const after = (edgesFrom.get(name) ?? []).map(({ to }) => heights.get(to.node) ?? 0);
    heights.set(name, 1 + after.reduce((most, height) => Math.max(most, height), 0));
  }
  const nodes = order.map((name): PreparedNode => {
    const { stage, backbone, backboneName } = nodeOf(document, name, registry);
    const into = edgesInto.get(name) ?? [];
    const sources = new Map<string, EdgeSource[]>();
    for (const { to, from } of into) sources.set(to.port, [...(sources.get(to.port) ?? []), from]);
    const params = resolveParams(document, name, registry, settings);
    return {
      name,
      stage: settleAxes(stage, params),
      backbone,
      backboneName,
      sources,
      axes: axes.nodes[name].axes,
      params,
      ...threadsOf(backbone, threads),
      device: backbone.onWebGpu === true ? device : 'cpu',
      rank: (heights.get(name) as number) + (into.some(({ from }) => from.kind === 'input') ? order.length : 0),
    };
  });
  return {
    document,
    source,
    notes: [...active.notes, ...partNotes(document, registry)],
    anew,
    registry,
    settings,
    size: settings.size ?? document.size,
    seed: seed ?? document.seed,
    nodes,
  };
}

function threadsOf(
  { threads: wants = 1, threadsMatter }: Backbone,
  all: number,
): Pick<PreparedNode, 'wants' | 'threads'> {
  if (!threadsMatter) return { wants };
  const threads = wants === 'all' ? all : wants;
  return { wants: threads, threads };
}
