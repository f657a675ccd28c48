import type { AnyStage, Terms } from '@soliloquy/stage';
import type { CarriedGraph } from './carried-graph.ts';
import type { GraphDocument } from './document.ts';
import { edgesOf, type Edge } from './edges.ts';
import { graphFault, type GraphError } from './graph-error.ts';
import { lookUpNode } from './look-up.ts';
import type { StageRegistry } from './registry.ts';

/** Something whose licence says what must not come of it. */
interface Forbidding {
  /** Of a node or of an input of the graph. */
  readonly name: string;
  readonly kind: 'node' | 'input';
  /** What messages call it, e.g. `backbone "hunyuan-video-avatar" of clips`. */
  readonly what: string;
  readonly terms: Terms;
}

/**
 * Nodes that make a model, or score for one, of what a licence forbids to train on: directly or over any number of
 * nodes between. The error shows the way from one to the other.
 */
export function checkTerms(doc: GraphDocument, registry: StageRegistry): GraphError[] {
  return forbiddingNodes(doc, registry).flatMap((source) => wrongUses(doc, registry, source));
}

/**
 * The same of a file that was given for an input of the graph and carries the graph that made it.
 *
 * @param carried what the file says of how it was made
 */
export function checkGivenTerms(
  doc: GraphDocument,
  registry: StageRegistry,
  input: string,
  { document, from }: Pick<CarriedGraph, 'document' | 'from'>,
): GraphError[] {
  const made = from.slice(0, from.indexOf('.'));
  return forbiddingNodes(document, registry)
    .filter((source) => waysFrom(document, source).has(made) || source.name === made)
    .flatMap((source) =>
      wrongUses(doc, registry, {
        name: input,
        kind: 'input',
        what: `${source.what}, of which the given file was made by "${document.name}"`,
        terms: source.terms,
      }),
    );
}

function forbiddingNodes(doc: GraphDocument, registry: StageRegistry): Forbidding[] {
  return Object.keys(doc.nodes).flatMap((name) => {
    const found = lookUpNode(doc, name, registry);
    if (found.kind === 'missing' || found.backbone.terms?.forbids?.includes('training') !== true) return [];
    const { terms } = found.backbone;
    return [{ name, kind: 'node' as const, what: `backbone "${found.backboneName}" of ${name}`, terms }];
  });
}

function wrongUses(doc: GraphDocument, registry: StageRegistry, source: Forbidding): GraphError[] {
  const { licence } = source.terms;
  const uses = [...waysFrom(doc, source, (node) => trains(doc, node, registry))].filter(([node]) =>
    trains(doc, node, registry),
  );
  return uses.map(([node, way]) => {
    const { port } = (way.at(-1) as Edge).to;
    return graphFault({
      code: 'graph.forbidden-use',
      node,
      port,
      where: `${node}.${port}`,
      expected: `nothing made with ${source.what}: its licence (${licence.name}) forbids to train on it`,
      got: way.map(({ text }) => text).join(', '),
      remedy: `take another one there, or leave "${node}" out; evaluation is allowed. The licence: ${licence.url}`,
    });
  });
}

/** By node that a source reaches, the edges that lead there; `ends` are not gone beyond. */
function waysFrom(
  doc: GraphDocument,
  { name, kind }: Pick<Forbidding, 'name' | 'kind'>,
  ends: (node: string) => boolean = () => false,
): Map<string, Edge[]> {
  const edges = edgesOf(doc);
  const leaves = ({ from }: Edge): boolean =>
    from.kind === 'input' ? kind === 'input' && from.input === name : kind === 'node' && from.node === name;
  const ways = new Map<string, Edge[]>();
  for (const edge of edges.filter(leaves)) if (!ways.has(edge.to.node)) ways.set(edge.to.node, [edge]);
  // A map is visited to its end, with what is added meanwhile.
  for (const [node, way] of ways) {
    if (ends(node)) continue;
    for (const edge of edges)
      if (edge.from.kind === 'node' && edge.from.node === node && !ways.has(edge.to.node))
        ways.set(edge.to.node, [...way, edge]);
  }
  return ways;
}

/** Whether a node makes a model, or lets one backbone judge for another (`ctx.call`). */
function trains(doc: GraphDocument, node: string, registry: StageRegistry): boolean {
  const found = lookUpNode(doc, node, registry);
  return found.kind === 'found' && makesModel(found.stage);
}

function makesModel({ inputs, outputs }: Pick<AnyStage, 'inputs' | 'outputs'>): boolean {
  return (
    Object.values(outputs).some(({ type }) => type.id === 'model' || type.id.startsWith('model<')) ||
    Object.values(inputs).some(({ type }) => type.id === 'backbone')
  );
}
