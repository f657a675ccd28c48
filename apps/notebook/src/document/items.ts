/**
 * What can be selected on the canvas: a node, an input of the graph, a link (by its text), a comment or a group (by
 * place in the document).
 */
export type Item =
  `nodes.${string}` | `inputs.${string}` | `edges.${string}` | `comments.${number}` | `groups.${number}`;

export type ItemKind = 'nodes' | 'inputs' | 'edges' | 'comments' | 'groups';

/** An item taken apart. */
export function partsOf(item: Item): { readonly kind: ItemKind; readonly name: string } {
  const dot = item.indexOf('.');
  return { kind: item.slice(0, dot) as ItemKind, name: item.slice(dot + 1) };
}

export const nodeItem = (name: string): Item => `nodes.${name}`;
export const inputItem = (name: string): Item => `inputs.${name}`;

/** How the document's layout names a node or an input. */
export function layoutKey(item: Item): string {
  const { kind, name } = partsOf(item);
  return kind === 'inputs' ? `inputs.${name}` : name;
}

/** The names of one kind among items. */
export function namesOf(items: Iterable<Item>, kind: ItemKind): string[] {
  return [...items]
    .map(partsOf)
    .filter((part) => part.kind === kind)
    .map(({ name }) => name);
}

/** An item as it is spoken of. */
export function itemWords(item: Item): string {
  const { kind, name } = partsOf(item);
  switch (kind) {
    case 'nodes':
      return name;
    case 'inputs':
      return `input ${name}`;
    case 'edges':
      return `link ${name.replace('->', '→')}`;
    case 'comments':
      return 'comment';
    case 'groups':
      return 'group';
  }
}
