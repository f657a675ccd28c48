import type { AnyStage } from '@soliloquy/stage';
import { takesSeveral } from '../check-edges.ts';
import type { GraphDocument } from '../document.ts';
import { edgesOf, parsePortReference, sourceText } from '../edges.ts';
import { lookUpNode } from '../look-up.ts';
import { portTypes, type StageRegistry } from '../registry.ts';

/**
 * The end of a link that is held: where it comes from (`node.output` or an input of the graph), or where it goes
 * (`node.input`).
 */
export type HeldEnd =
  { readonly kind: 'source'; readonly from: string } | { readonly kind: 'target'; readonly to: string };

/** Something that a held link can be connected to. `port` is the input or output to take. */
export type Fit =
  | {
      readonly kind: 'existing';
      readonly node: string;
      readonly port: string;
      /** what would be disconnected */ readonly replaces?: string;
    }
  | {
      readonly kind: 'new';
      readonly stage: string;
      readonly backbone: string;
      readonly port: string;
      readonly title: string;
      readonly summary: string;
    }
  | { readonly kind: 'input'; readonly type: string; readonly title: string };

/**
 * All that fits a link: sockets that are there (free ones first), new nodes of every installed stage, and, where a
 * person can give such a value, an input of the graph. Axes are not looked at: `checkConnection` says where they do not
 * agree.
 */
export function whatFits(doc: GraphDocument, registry: StageRegistry, end: HeldEnd): Fit[] {
  const type = typeOf(doc, registry, end);
  if (type === undefined) return [];
  const edges = edgesOf(doc);
  const held = end.kind === 'source' ? end.from : end.to;
  const own = held.includes('.') ? parsePortReference(held).node : undefined;
  // What would close a loop: all that the source depends on, or all that depends on the target.
  const loops =
    own === undefined
      ? new Set<string>()
      : reach(
          own,
          edges.flatMap(({ from, to }) =>
            from.kind === 'input' ? [] : [end.kind === 'source' ? [to.node, from.node] : [from.node, to.node]],
          ),
        );
  const feeding = Map.groupBy(edges, ({ to }) => `${to.node}.${to.port}`);
  const existing = Object.keys(doc.nodes).flatMap((node): Fit[] => {
    const found = lookUpNode(doc, node, registry);
    if (found.kind === 'missing' || loops.has(node)) return [];
    const ports = end.kind === 'source' ? found.stage.inputs : found.stage.outputs;
    return Object.keys(ports).flatMap((port): Fit[] => {
      const [from, to] = end.kind === 'source' ? [end.from, `${node}.${port}`] : [`${node}.${port}`, end.to];
      const fed = (feeding.get(to) ?? []).map((edge) => sourceText(edge.from));
      const replaces = takesSeveral(doc, registry, parsePortReference(to)) ? undefined : fed[0];
      const omitted = end.kind === 'target' && found.backbone.omits?.includes(port) === true;
      if (ports[port]?.type.id !== type || fed.includes(from) || omitted) return [];
      return [{ kind: 'existing', node, port, ...(replaces !== undefined && { replaces }) }];
    });
  });
  const free = (fit: Fit): number =>
    fit.kind === 'existing' && fit.replaces !== undefined && end.kind === 'source' ? 1 : 0;
  existing.sort((a, b) => free(a) - free(b));
  const fresh = [...registry.values()].flatMap((stage) => newNodes(stage, type, end.kind));
  const asInput =
    end.kind === 'target' && portTypes(registry).get(type)?.fromUser !== undefined
      ? [{ kind: 'input' as const, type, title: portTypes(registry).get(type)?.title ?? type }]
      : [];
  return [...existing, ...fresh, ...asInput];
}

function reach(start: string, edges: readonly (readonly string[])[]): Set<string> {
  const next = Map.groupBy(edges, ([from]) => from);
  const found = new Set([start]);
  for (const name of found) for (const [, to] of next.get(name) ?? []) found.add(to as string);
  return found;
}

function newNodes(stage: AnyStage, type: string, held: HeldEnd['kind']): Fit[] {
  const about = { kind: 'new' as const, stage: stage.id, title: stage.title, summary: stage.summary };
  if (held === 'source')
    return Object.entries(stage.inputs)
      .filter(([, spec]) => spec.type.id === type)
      .map(([port]) => ({ ...about, port, backbone: stage.defaultBackbone }));
  return Object.entries(stage.outputs).flatMap(([port, spec]) => {
    if (spec.type.id !== type) return [];
    const giving = Object.keys(stage.backbones).filter((name) => stage.backbones[name]?.omits?.includes(port) !== true);
    const backbone = giving.includes(stage.defaultBackbone) ? stage.defaultBackbone : giving[0];
    return backbone === undefined ? [] : [{ ...about, port, backbone }];
  });
}

function typeOf(doc: GraphDocument, registry: StageRegistry, end: HeldEnd): string | undefined {
  const reference = end.kind === 'source' ? end.from : end.to;
  if (!reference.includes('.')) return Object.hasOwn(doc.inputs, reference) ? doc.inputs[reference]?.type : undefined;
  const [node, port] = reference.split('.') as [string, string];
  const found = lookUpNode(doc, node, registry);
  if (found.kind === 'missing') return undefined;
  const ports = end.kind === 'source' ? found.stage.outputs : found.stage.inputs;
  return Object.hasOwn(ports, port) ? ports[port]?.type.id : undefined;
}
