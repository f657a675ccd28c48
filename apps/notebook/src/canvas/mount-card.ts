import { mount, unmount } from 'svelte';
import { partsOf, type Item } from '../document/items.ts';
import CommentCard from './CommentCard.svelte';
import InputCard from './InputCard.svelte';
import NodeCard from './NodeCard.svelte';

/** Makes the card of an item in an element. @returns takes it away */
export function mountCard(item: Item, element: HTMLElement, context: Map<symbol, unknown>): () => void {
  const { kind, name } = partsOf(item);
  element.classList.add('item');
  const options = { target: element, context };
  const card =
    kind === 'comments'
      ? mount(CommentCard, { ...options, props: { index: Number(name) } })
      : kind === 'inputs'
        ? mount(InputCard, { ...options, props: { name } })
        : mount(NodeCard, { ...options, props: { name } });
  return () => void unmount(card);
}
