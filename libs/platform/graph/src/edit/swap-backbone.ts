import type { AnyStage, Backbone } from '@soliloquy/stage';
import { requiredInputs } from '../check-edges.ts';
import { oneOf } from '../closest-name.ts';
import type { GraphDocument, GraphNode, Json } from '../document.ts';
import { edgesOf, parsePortReference } from '../edges.ts';
import { expectedBy, shown } from '../issue-words.ts';
import { lookUpNode } from '../look-up.ts';
import { parseStageReference, type StageRegistry } from '../registry.ts';
import { edited, refuse, type Edit } from './edit.ts';

/**
 * Gives a node another backbone of its stage. Params that the new one has too, with a value that it takes, are kept, in
 * the sizes as well; so are all edges but those from outputs that it does not give. `dropped` says what went, `wants`
 * which inputs must be connected before it can run.
 *
 * @throws InvalidGraph when the stage has no such backbone
 */
export function swapBackbone(
  doc: GraphDocument,
  registry: StageRegistry,
  node: string,
  to: string,
): Edit & { readonly wants: readonly string[] } {
  const here = doc.nodes[node];
  const stage = here && registry.get(parseStageReference(here.stage).id);
  if (here === undefined || stage === undefined)
    return refuse({
      code: 'graph.unknown-node',
      node,
      where: node,
      expected: 'a node of an installed stage',
      got: here === undefined ? 'none of this name' : here.stage,
      remedy: 'choose another',
    });
  if (!Object.hasOwn(stage.backbones, to))
    return refuse({
      code: 'graph.unknown-backbone',
      node,
      where: `${node}.backbone`,
      expected: oneOf(Object.keys(stage.backbones)),
      got: `"${to}"`,
      remedy: 'choose one of them',
    });
  const backbone = stage.backbones[to] as Backbone;
  const before = lookUpNode(doc, node, registry);
  const dropped: string[] = [];
  const after = withoutOmitted(withParams(doc, stage, node, to, dropped), node, to, backbone, dropped);
  const connected = new Set(
    edgesOf(doc)
      .filter((edge) => edge.to.node === node)
      .map((edge) => edge.to.port),
  );
  const wants = requiredInputs(stage.inputs, backbone)
    .filter((ports) => !ports.some((port) => connected.has(port)))
    .map((ports) => ports.map((port) => `${node}.${port}`).join(' or '));
  return {
    ...edited(
      after,
      `${node}: ${before.kind === 'found' ? before.backboneName : (here.backbone ?? '')} to ${to}`,
      dropped,
    ),
    wants,
  };
}

/** The node with the backbone, and what of its params the backbone takes, in the sizes as well. */
function withParams(doc: GraphDocument, stage: AnyStage, node: string, to: string, dropped: string[]): GraphDocument {
  const here = doc.nodes[node] as GraphNode;
  const shape = (stage.backbones[to] as Backbone).params.shape;
  const kept = (where: string, param: string, value: Json): boolean => {
    if (Object.hasOwn(stage.params.shape, param)) return true;
    const field = Object.hasOwn(shape, param) ? (shape[param] as Field) : undefined;
    const result = field?.safeParse(value);
    if (result?.success) return true;
    const why =
      result === undefined
        ? `${to} has no such param`
        : `${to} takes ${expectedBy(result.error.issues[0] as Parameters<typeof expectedBy>[0])}`;
    dropped.push(`${where} ${shown(value)}: ${why}`);
    return false;
  };
  const { params: _before, ...rest } = here;
  const params = Object.fromEntries(
    Object.entries(here.params ?? {}).filter(([param, value]) => kept(`params.${param}`, param, value)),
  );
  const next: GraphNode = { ...rest, backbone: to, ...(Object.keys(params).length > 0 && { params }) };
  const sizes = Object.fromEntries(
    Object.entries(doc.sizes).map(([size, overrides]) => [
      size,
      Object.fromEntries(
        Object.entries(overrides).filter(([key, value]) => {
          const at = parsePortReference(key);
          return at.node !== node || kept(`sizes.${size}.${key}`, at.port, value);
        }),
      ),
    ]),
  );

  return { ...doc, nodes: { ...doc.nodes, [node]: next }, sizes };
}

/** Without what takes from an output that the backbone does not give. */
function withoutOmitted(
  doc: GraphDocument,
  node: string,
  to: string,
  backbone: Backbone,
  dropped: string[],
): GraphDocument {
  const omitted = (reference: string): boolean => {
    const at = parsePortReference(reference);
    return at.node === node && backbone.omits?.includes(at.port) === true;
  };
  const lost = edgesOf(doc).filter(({ from }) => from.kind === 'node' && omitted(`${from.node}.${from.port}`));
  for (const { text } of lost) dropped.push(`edge ${text}: ${to} does not give this output`);
  const outputs = Object.entries(doc.outputs).filter(
    ([file, reference]) => !omitted(reference) || dropped.push(`output ${file}: ${to} does not give ${reference}`) < 0,
  );
  const cells = doc.cells.filter(
    (cell) =>
      !('show' in cell) || !omitted(cell.show) || dropped.push(`cell showing ${cell.show}: ${to} does not give it`) < 0,
  );
  return {
    ...doc,
    edges: edgesOf(doc)
      .filter((edge) => !lost.some(({ text }) => text === edge.text))
      .map(({ text }) => text),
    outputs: Object.fromEntries(outputs),
    cells,
  };
}

/**
 * Does in a document what settings ask of its backbones (`node.backbone`), and leaves the other settings.
 *
 * @param set as of `parseSet`
 * @returns `dropped`: what went with it, each with its node's name before it
 * @throws InvalidGraph where there is no such node or backbone
 */
export function withBackbones(
  doc: GraphDocument,
  registry: StageRegistry,
  set: Readonly<Record<string, string>>,
): { readonly doc: GraphDocument; readonly set: Record<string, string>; readonly dropped: readonly string[] } {
  const rest: Record<string, string> = {};
  const dropped: string[] = [];
  let swapped = doc;
  for (const [key, value] of Object.entries(set)) {
    const { node, port } = parsePortReference(key);
    if (port !== 'backbone') {
      rest[key] = value;
      continue;
    }
    const edit = swapBackbone(swapped, registry, node, value);
    swapped = edit.doc;
    dropped.push(...edit.dropped.map((what) => `${node}: dropped ${what}`));
  }
  return { doc: swapped, set: rest, dropped };
}

type Field = {
  safeParse(value: unknown): { success: true } | { success: false; error: { issues: readonly unknown[] } };
};
