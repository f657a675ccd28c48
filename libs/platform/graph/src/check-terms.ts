import type { AnyStage, Terms } from '@soliloquy/stage';
import type { CarriedGraph } from './carried-graph.ts';
import type { GraphDocument } from './document.ts';
import { edgesOf, type Edge } from './edges.ts';
import { graphFault, type GraphError } from './graph-error.ts';
import { unitedLicences, type LicenceBehind } from './licence-behind.ts';
import { lookUpNode } from './look-up.ts';
import type { StageRegistry } from './registry.ts';

/** Something whose licence says what must not come of it. */
interface Forbidding {
  /** Of a node or of an input of the graph. */
  readonly name: string;
  readonly kind: 'node' | 'input';
  /** What messages call it, e.g. `backbone "hunyuan-video-avatar" of clips`. */
  readonly what: string;
  readonly licence: LicenceBehind['licence'];
}

/**
 * Nodes that make a model, or score for one, of what a licence forbids to train on: directly or over any number of
 * nodes between. The error shows the way from one to the other.
 */
export function checkTerms(doc: GraphDocument, registry: StageRegistry): GraphError[] {
  return termedNodes(doc, registry)
    .filter(({ terms }) => terms.forbids?.includes('training') === true)
    .flatMap(({ name, backboneName, terms }) =>
      wrongUses(doc, registry, { name, kind: 'node', what: calledHere(backboneName, name), licence: terms.licence }),
    );
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
  carried: CarriedLineage,
): GraphError[] {
  return licencesOfGiven(registry, carried)
    .filter(({ forbids }) => forbids?.includes('training') === true)
    .flatMap(({ name, node, graph, licence }) =>
      wrongUses(doc, registry, {
        name: input,
        kind: 'input',
        what: `${calledHere(name, node)}, of which the given file was made by "${graph}"`,
        licence,
      }),
    );
}

/** What a file says of how it was made. */
type CarriedLineage = Pick<CarriedGraph, 'document' | 'from' | 'licences'>;

/**
 * Licences that stand behind a file that carries the graph that made it: those that it names, whichever graph before
 * brought them in, and those of the backbones on the way to it.
 */
export function licencesOfGiven(
  registry: StageRegistry,
  { document, from, licences = [] }: CarriedLineage,
): LicenceBehind[] {
  const made = from.slice(0, from.indexOf('.'));
  const own = termedNodes(document, registry)
    .filter(({ name }) => name === made || waysFrom(document, { name, kind: 'node' }).has(made))
    .map(({ name, backboneName, terms }) => licenceOfBackbone(document.name, name, backboneName, terms));
  return unitedLicences([own, licences]);
}

/** What stands behind the results of a node whose backbone is somebody else's program. */
export function licenceOfBackbone(
  graph: string,
  node: string,
  backbone: string,
  { licence, forbids }: Terms,
): LicenceBehind {
  return {
    kind: 'backbone',
    name: backbone,
    node,
    graph,
    licence: { ...licence },
    ...(forbids !== undefined && { forbids: [...forbids] }),
  };
}

const calledHere = (backbone: string, node: string): string => `backbone "${backbone}" of ${node}`;

function termedNodes(
  doc: GraphDocument,
  registry: StageRegistry,
): { readonly name: string; readonly backboneName: string; readonly terms: Terms }[] {
  return Object.keys(doc.nodes).flatMap((name) => {
    const found = lookUpNode(doc, name, registry);
    if (found.kind === 'missing' || found.backbone.terms === undefined) return [];
    return [{ name, backboneName: found.backboneName, terms: found.backbone.terms }];
  });
}

function wrongUses(doc: GraphDocument, registry: StageRegistry, source: Forbidding): GraphError[] {
  const { name: licence, url } = source.licence ?? UNKNOWN;
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
      expected: `nothing made with ${source.what}: its licence (${licence}) forbids to train on it`,
      got: way.map(({ text }) => text).join(', '),
      remedy: `take another one there, or leave "${node}" out; evaluation is allowed. The licence: ${url}`,
    });
  });
}

/** A file may forbid a use without a word of the licence. */
const UNKNOWN = { name: 'which nobody named', url: 'ask who made the file' };

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
