import { edgesOf, type GraphDocument, type StageRegistry } from '@soliloquy/graph';
import { inputItem, nodeItem, partsOf, type Item } from '../document/items.ts';
import { lookUp } from '../document/look-up.ts';
import type { NodeShape } from './card-size.ts';

export const NO_SHAPE: NodeShape = { inputs: [], outputs: [], preview: false, fields: 0 };

/** One end of a link that is being drawn. */
export type SocketRef =
  | { readonly side: 'output'; readonly item: Item; readonly port: string }
  | { readonly side: 'input'; readonly item: Item; readonly port: string };

/** A link between two sockets. */
export interface SocketLink {
  readonly item: Item;
  readonly from: { readonly item: Item; readonly port: string };
  readonly to: { readonly item: Item; readonly port: string };
  /** what goes over it; empty where it is not known */
  readonly type: string;
  /** nothing goes over it: one of its ends is muted */
  readonly idle: boolean;
}

/** A socket as edges name it: `node.port`, or the name of an input of the graph. */
export function socketText({ item, port }: SocketRef): string {
  const { kind, name } = partsOf(item);
  return kind === 'inputs' ? name : `${name}.${port}`;
}

/** The types of an item's sockets, by port; those of a stage that is not installed are not known. */
export function socketTypes(
  doc: GraphDocument,
  registry: StageRegistry,
  item: Item,
): { readonly inputs: Readonly<Record<string, string>>; readonly outputs: Readonly<Record<string, string>> } {
  const { kind, name } = partsOf(item);
  if (kind === 'inputs') return { inputs: {}, outputs: { [name]: doc.inputs[name]?.type ?? '' } };
  const stage =
    kind === 'nodes'
      ? (lookUp(doc, name, registry)?.stage ?? registry.get((doc.nodes[name]?.stage ?? '').replace(/@.*$/, '')))
      : undefined;
  if (stage === undefined) return { inputs: {}, outputs: {} };
  const types = (ports: Readonly<Record<string, { readonly type: { readonly id: string } }>>): Record<string, string> =>
    Object.fromEntries(Object.entries(ports).map(([port, { type }]) => [port, type.id]));
  return { inputs: types(stage.inputs), outputs: types(stage.outputs) };
}

/** What sockets nodes and inputs of the graph have, in the document's order. */
export function shapesOf(doc: GraphDocument, registry: StageRegistry): Map<Item, NodeShape> {
  const shapes = new Map<Item, NodeShape>();
  for (const name of Object.keys(doc.inputs)) shapes.set(inputItem(name), { ...NO_SHAPE, outputs: [name] });
  const edges = edgesOf(doc);
  for (const name of Object.keys(doc.nodes)) {
    const stage = lookUp(doc, name, registry)?.stage ?? registry.get(doc.nodes[name]?.stage.replace(/@.*$/, '') ?? '');
    // A stage that is not here keeps the sockets that its links name, so that the graph still reads.
    const inputs = stage
      ? Object.keys(stage.inputs)
      : [...new Set(edges.flatMap(({ to }) => (to.node === name ? [to.port] : [])))];
    const outputs = stage
      ? Object.keys(stage.outputs)
      : [...new Set(edges.flatMap(({ from }) => (from.kind === 'node' && from.node === name ? [from.port] : [])))];
    shapes.set(nodeItem(name), { ...NO_SHAPE, inputs, outputs });
  }
  return shapes;
}

/** Every link of the document, with what goes over it. */
export function linksOf(doc: GraphDocument, registry: StageRegistry): SocketLink[] {
  const found = new Map(Object.keys(doc.nodes).map((name) => [name, lookUp(doc, name, registry)]));
  const muted = (name: string): boolean => doc.nodes[name]?.skip === 'mute';
  // One that stands twice, as where one voice belongs to two films, lies over itself: it is drawn once.
  const different = new Map(edgesOf(doc).map((edge) => [edge.text, edge]));
  return [...different.values()].map(({ from, to, text }): SocketLink => {
    const target = { item: nodeItem(to.node), port: to.port };
    if (from.kind === 'input')
      return {
        item: `edges.${text}`,
        from: { item: inputItem(from.input), port: from.input },
        to: target,
        type: doc.inputs[from.input]?.type ?? '',
        idle: muted(to.node),
      };
    return {
      item: `edges.${text}`,
      from: { item: nodeItem(from.node), port: from.port },
      to: target,
      type: found.get(from.node)?.stage.outputs[from.port]?.type.id ?? '',
      idle: muted(from.node) || muted(to.node),
    };
  });
}
