import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { StageRegistry } from '@soliloquy/graph';
import type { DocumentStore } from '../document/document-store.svelte.ts';
import { layoutKey, nodeItem, partsOf, type Item } from '../document/items.ts';
import { arrange } from './arrange.ts';
import { boxAround, type Box, type Point } from './box.ts';
import { NODE_WIDTH, nodeHeight, socketOffset, type NodeShape } from './card-size.ts';
import type { RunStore } from './run-store.svelte.ts';
import { linksOf, NO_SHAPE, shapesOf, socketTypes, type SocketLink, type SocketRef } from './sockets.ts';

const GROUP_MARGIN = 20;
const GROUP_TITLE = 30;
/** A comment's width and height where it says none. */
export const COMMENT_SIZE: readonly [number, number] = [240, 120];
const NO_PLACE: Point = { x: 0, y: 0 };
const NO_BOX: Box = { x: 0, y: 0, width: 0, height: 0 };

/**
 * Where everything lies on the canvas: from the document's layout, arranged where it says nothing, and moved while it
 * is dragged.
 */
export class Layout {
  readonly #document: DocumentStore;
  readonly #registry: StageRegistry;
  readonly #runs: RunStore;
  readonly #rows: (node: string) => number;
  /** while dragged: not yet in the document */
  readonly dragged = new SvelteMap<Item, Point>();
  /** nodes whose form is open on the card */
  readonly opened = new SvelteSet<Item>();

  /** @param rows lines of the form on a node's card, when it is open */
  constructor(document: DocumentStore, registry: StageRegistry, runs: RunStore, rows: (node: string) => number) {
    this.#rows = rows;
    this.#document = document;
    this.#registry = registry;
    this.#runs = runs;
  }

  readonly #shapes: ReadonlyMap<Item, NodeShape> = $derived.by(() => shapesOf(this.#document.doc, this.#registry));
  readonly #arranged: ReadonlyMap<Item, Point> = $derived.by(() => this.#arrangeMissing());
  /** nodes and inputs, in the document's order */
  readonly items: readonly Item[] = $derived([...this.#shapes.keys()]);
  /** nodes, inputs and comments */
  readonly all: readonly Item[] = $derived.by(() => [
    ...this.items,
    ...this.#document.doc.comments.map((_, index): Item => `comments.${index}`),
  ]);
  readonly links: readonly SocketLink[] = $derived.by(() => linksOf(this.#document.doc, this.#registry));
  /** what did not move stays the same object, so that of hundreds of cards only those that moved are drawn anew */
  readonly #boxes: ReadonlyMap<Item, Box> = $derived.by(() => {
    const before = this.#boxesBefore;
    this.#boxesBefore = new Map(
      this.all.map((item) => {
        const [was, is] = [before.get(item), this.#boxOf(item)];
        return [
          item,
          was !== undefined && was.x === is.x && was.y === is.y && was.width === is.width && was.height === is.height
            ? was
            : is,
        ];
      }),
    );
    return this.#boxesBefore;
  });
  #boxesBefore: ReadonlyMap<Item, Box> = new Map();
  readonly #types = $derived.by(
    () => new Map(this.items.map((item) => [item, socketTypes(this.#document.doc, this.#registry, item)])),
  );

  shape(item: Item): NodeShape {
    const shape = this.#shapes.get(item) ?? NO_SHAPE;
    const preview = this.hasPreview(item);
    const fields = this.opened.has(item) ? this.#rows(partsOf(item).name) : 0;
    return preview || fields > 0 ? { ...shape, preview, fields } : shape;
  }

  hasPreview(item: Item): boolean {
    const { kind, name } = partsOf(item);
    return kind === 'nodes' && (this.#runs.keysOf(name).length > 0 || this.#runs.pictureOf(name) !== undefined);
  }

  place(item: Item): Point {
    const moved = this.dragged.get(item);
    if (moved !== undefined) return moved;
    const { kind, name } = partsOf(item);
    if (kind === 'comments') {
      const [x, y] = this.#document.doc.comments[Number(name)]?.at ?? [0, 0];
      return { x, y };
    }
    const placed = this.#document.doc.layout[layoutKey(item)];
    return placed === undefined ? (this.#arranged.get(item) ?? NO_PLACE) : { x: placed[0], y: placed[1] };
  }

  /** Of a node, an input, a comment or a group. */
  box(item: Item): Box {
    const { kind, name } = partsOf(item);
    return (kind === 'groups' ? this.groupBox(Number(name)) : this.#boxes.get(item)) ?? NO_BOX;
  }

  #boxOf(item: Item): Box {
    const { x, y } = this.place(item);
    const { kind, name } = partsOf(item);
    if (kind === 'comments') {
      const [width, height] = this.#document.doc.comments[Number(name)]?.size ?? COMMENT_SIZE;
      return { x, y, width, height };
    }
    return { x, y, width: NODE_WIDTH, height: nodeHeight(this.shape(item)) };
  }

  /** The frame of a group, around its nodes; none when it has none. */
  groupBox(index: number): Box | undefined {
    const around = boxAround(
      (this.#document.doc.groups[index]?.nodes ?? [])
        .filter((name) => Object.hasOwn(this.#document.doc.nodes, name))
        .map((name) => this.box(nodeItem(name))),
    );
    return (
      around && {
        x: around.x - GROUP_MARGIN,
        y: around.y - GROUP_MARGIN - GROUP_TITLE,
        width: around.width + 2 * GROUP_MARGIN,
        height: around.height + 2 * GROUP_MARGIN + GROUP_TITLE,
      }
    );
  }

  /** Where a socket is, from its card's upper left corner. */
  socketOffset(item: Item, side: 'input' | 'output', port: string): Point {
    return socketOffset(this.#shapes.get(item) ?? NO_SHAPE, side, port);
  }

  socket(item: Item, side: 'input' | 'output', port: string): Point {
    const { x, y } = this.box(item);
    const offset = this.socketOffset(item, side, port);
    return { x: x + offset.x, y: y + offset.y };
  }

  /** The type of a socket; empty where it is not known. */
  typeOf({ side, item, port }: SocketRef): string {
    const types = this.#types.get(item);
    return (side === 'input' ? types?.inputs : types?.outputs)?.[port] ?? '';
  }

  /** Around everything. */
  bounds(): Box | undefined {
    return boxAround([
      ...this.#boxes.values(),
      ...this.#document.doc.groups.flatMap((_, index) => this.groupBox(index) ?? []),
    ]);
  }

  /** Opens the forms on the cards of nodes, or, where all are open, closes them. @returns whether they are open now */
  toggleForms(nodes: readonly string[]): boolean {
    const items = nodes.map(nodeItem);
    const opens = !items.every((item) => this.opened.has(item));
    for (const item of items)
      if (opens) this.opened.add(item);
      else this.opened.delete(item);
    return opens;
  }

  /** Places for all nodes and inputs, or for some around their upper left. */
  arrangement(items: readonly Item[] = this.items): Map<Item, Point> {
    const origin = boxAround(items.map((item) => this.box(item)));
    const wanted = new Set<string>(items);
    const boxes = new Map(
      items.map((item) => [item as string, { width: NODE_WIDTH, height: nodeHeight(this.shape(item)) }]),
    );
    const links = this.#feeds().filter(({ from, to }) => wanted.has(from) && wanted.has(to));
    return arrange({ boxes, links }, items.length === this.items.length ? { x: 0, y: 0 } : origin) as Map<Item, Point>;
  }

  #feeds(): { from: Item; to: Item }[] {
    return this.links.map(({ from, to }) => ({ from: from.item, to: to.item }));
  }

  #arrangeMissing(): ReadonlyMap<Item, Point> {
    const doc = this.#document.doc;
    const items = [...this.#shapes.keys()];
    const missing = items.filter((item) => doc.layout[layoutKey(item)] === undefined);
    if (missing.length === 0) return new Map();
    const boxes = new Map(
      items.map((item) => [
        item as string,
        { width: NODE_WIDTH, height: nodeHeight({ ...(this.#shapes.get(item) as NodeShape), preview: true }) },
      ]),
    );
    const all = arrange({ boxes, links: this.#feeds() }) as Map<Item, Point>;
    if (missing.length === items.length) return all;
    // beside what has its place already
    const placed = items
      .filter((item) => !missing.includes(item))
      .map((item) => doc.layout[layoutKey(item)] as [number, number]);
    const below = Math.max(...placed.map(([, y]) => y)) + 320;
    const left = Math.min(...placed.map(([x]) => x));
    return new Map(missing.map((item, index) => [item, { x: left + index * (NODE_WIDTH + 40), y: below }]));
  }
}
