import { SvelteSet } from 'svelte/reactivity';
import { edgesOf, type GraphDocument } from '@soliloquy/graph';
import { namesOf, partsOf, type Item } from '../document/items.ts';

/** What is selected. Items that the document no longer has are not in it. */
export class Selection {
  readonly #document: () => GraphDocument;
  readonly #first: () => Item | undefined;
  readonly #items = new SvelteSet<Item>();
  /** the one that keyboard moves and the inspector begin from */
  #lead = $state.raw<Item | undefined>(undefined);

  /** @param first the item that Tab goes to while nothing is selected */
  constructor(document: () => GraphDocument, first: () => Item | undefined) {
    this.#document = document;
    this.#first = first;
  }

  readonly items: readonly Item[] = $derived.by(() =>
    [...this.#items].filter((item) => exists(this.#document(), item)),
  );
  readonly nodes: readonly string[] = $derived(namesOf(this.items, 'nodes'));

  readonly lead: Item | undefined = $derived.by(() =>
    this.#lead !== undefined && exists(this.#document(), this.#lead) ? this.#lead : undefined,
  );
  /** the item that Tab goes to */
  readonly tabStop: Item | undefined = $derived.by(() => this.lead ?? this.#first());

  has(item: Item): boolean {
    return this.#items.has(item);
  }

  only(...items: Item[]): void {
    const wanted = new Set(items);
    for (const item of [...this.#items]) if (!wanted.has(item)) this.#items.delete(item);
    for (const item of items) this.#items.add(item);
    this.#lead = items.at(-1);
  }

  add(item: Item): void {
    this.#items.add(item);
    this.#lead = item;
  }

  toggle(item: Item): void {
    if (this.#items.delete(item)) {
      if (this.#lead === item) this.#lead = [...this.#items].at(-1);
    } else this.add(item);
  }

  clear(): void {
    this.#items.clear();
    this.#lead = undefined;
  }
}

function exists(doc: GraphDocument, item: Item): boolean {
  const { kind, name } = partsOf(item);
  switch (kind) {
    case 'nodes':
      return Object.hasOwn(doc.nodes, name);
    case 'inputs':
      return Object.hasOwn(doc.inputs, name);
    case 'edges':
      return edgesOf(doc).some(({ text }) => text === name);
    case 'comments':
      return doc.comments[Number(name)] !== undefined;
    case 'groups':
      return doc.groups[Number(name)] !== undefined;
  }
}
