import { partsOf, type Item } from '../document/items.ts';
import type { Point } from '../graph/box.ts';
import type { OpenGraph } from '../graph/open-graph.svelte.ts';

/**
 * A press on a card: it selects, and what is selected goes along where the card is dragged. With Alt a copy of it is
 * left where it is dropped, and it goes back.
 */
export class DragItems {
  readonly #open: OpenGraph;
  #press:
    | {
        readonly item: Item;
        readonly adds: boolean;
        readonly copies: boolean;
        readonly starts: ReadonlyMap<Item, Point>;
        moved: boolean;
      }
    | undefined;

  constructor(open: OpenGraph) {
    this.#open = open;
  }

  pick(item: Item, event: PointerEvent | undefined): void {
    const { selection, layout } = this.#open;
    const adds = event?.shiftKey === true || event?.ctrlKey === true || event?.metaKey === true;
    if (adds) selection.toggle(item);
    else if (!selection.has(item)) selection.only(item);
    const along = selection.has(item) ? selection.items : [item];
    this.#press = {
      item,
      adds,
      copies: event?.altKey === true,
      moved: false,
      starts: new Map(
        along
          .filter((each) => ['nodes', 'inputs', 'comments'].includes(partsOf(each).kind))
          .map((each) => [each, layout.place(each)]),
      ),
    };
  }

  move(item: Item, place: Point): void {
    const start = this.#press?.starts.get(item);
    if (this.#press === undefined || this.#press.item !== item || start === undefined) return;
    const dx = place.x - start.x;
    const dy = place.y - start.y;
    if (dx === 0 && dy === 0) return;
    this.#press.moved = true;
    for (const [other, from] of this.#press.starts)
      this.#open.layout.dragged.set(other, { x: from.x + dx, y: from.y + dy });
  }

  drop(item: Item): void {
    const press = this.#press;
    this.#press = undefined;
    if (press?.moved === true) this.#open.actions.drop({ copies: press.copies });
    else if (press !== undefined && !press.adds) this.#open.selection.only(item);
  }
}
