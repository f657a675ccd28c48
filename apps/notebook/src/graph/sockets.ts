import type { GraphDocument, StageRegistry } from '@soliloquy/graph';
import { partsOf, type Item } from '../document/items.ts';
import { lookUp } from '../document/look-up.ts';

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
