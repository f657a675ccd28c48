import type { InputSpec } from '@soliloquy/stage';
import { oneOf } from './closest-name.ts';
import type { GraphDocument } from './document.ts';
import { edgesOf, type Edge } from './edges.ts';
import { graphFault, type GraphError } from './graph-error.ts';
import { lookUpNode } from './look-up.ts';
import { portTypes, type StageRegistry } from './registry.ts';

/** A part of a value that an input cannot do without, on its way over an edge. */
interface NeededPart {
  readonly edge: Edge;
  readonly spec: InputSpec;
  readonly part: string;
}

/**
 * Edges whose source is known to give values without a part that the target needs, e.g. a film of a person's own, which
 * has no matte, into a fit.
 */
export function checkParts(doc: GraphDocument, registry: StageRegistry): GraphError[] {
  return neededParts(doc, registry).flatMap((needed): GraphError[] => {
    const { edge, spec, part } = needed;
    const lacking = whatLacks(doc, registry, needed);
    if (lacking === undefined) return [];
    const { node, port } = edge.to;
    return [
      graphFault({
        code: 'graph.missing-part',
        node,
        port,
        where: `${node}.${port}`,
        expected: `a ${spec.type.id} with its ${part}`,
        got: `${lacking.got} in "${edge.text}"`,
        remedy: lacking.remedy,
      }),
    ];
  });
}

/** What is only known when it comes: commands and other programs say nothing of the parts of their outputs. */
export function partNotes(doc: GraphDocument, registry: StageRegistry): string[] {
  return neededParts(doc, registry).flatMap(({ edge: { from, to }, part }) => {
    if (from.kind === 'input' || !Object.hasOwn(doc.nodes, from.node)) return [];
    const found = lookUpNode(doc, from.node, registry);
    if (found.kind === 'missing' || found.backbone.foreign !== true || found.backbone.lacks !== undefined) return [];
    return [
      `${to.node}.${to.port} needs the ${part}: ${from.node}.${from.port} of "${found.backboneName}" must have it ` +
        '(say "lacks" in its configuration, where it has not, or {} where it has)',
    ];
  });
}

function neededParts(doc: GraphDocument, registry: StageRegistry): NeededPart[] {
  const into = Map.groupBy(edgesOf(doc), ({ to }) => to.node);
  // By node: one that is not there, or of an unknown stage, costs a search for what may have been meant.
  return Object.keys(doc.nodes).flatMap((name) => {
    const edges = into.get(name) ?? [];
    const found = edges.length === 0 ? undefined : lookUpNode(doc, name, registry);
    if (found?.kind !== 'found') return [];
    return edges.flatMap((edge) => {
      const spec = Object.hasOwn(found.stage.inputs, edge.to.port) ? found.stage.inputs[edge.to.port] : undefined;
      return (spec?.needs ?? []).map((part) => ({ edge, spec: spec as InputSpec, part }));
    });
  });
}

function whatLacks(
  doc: GraphDocument,
  registry: StageRegistry,
  { edge: { from }, spec, part }: NeededPart,
): { readonly got: string; readonly remedy: string } | undefined {
  if (from.kind === 'input') {
    const type = portTypes(registry).get(doc.inputs[from.input]?.type ?? '');
    if (type?.id !== spec.type.id || type.userLacks?.includes(part) !== true) return undefined;
    return {
      got: `the file that a person gives for "${from.input}", which has none`,
      remedy: `let a node make the ${type.id}`,
    };
  }
  const { node, port } = from;
  if (!Object.hasOwn(doc.nodes, node)) return undefined;
  const found = lookUpNode(doc, node, registry);
  if (found.kind === 'missing' || found.backbone.lacks?.[port]?.includes(part) !== true) return undefined;
  const giving = Object.keys(found.stage.backbones).filter(
    (name) => found.stage.backbones[name]?.lacks?.[port]?.includes(part) !== true,
  );
  return {
    got: `one without it from ${node}.${port} of "${found.backboneName}"`,
    remedy: giving.length === 0 ? 'connect another node' : `choose backbone ${oneOf(giving)}, or another node`,
  };
}
