import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import { edgesOf, type GraphDocument, type StageRegistry } from '@soliloquy/graph';
import type { DocumentStore } from '../document/document-store.svelte.ts';
import { inputItem, layoutKey, nodeItem, partsOf, type Item } from '../document/items.ts';
import { lookUp } from '../document/look-up.ts';
import type { RunStore } from '../run/run-store.svelte.ts';
import { arrange } from './arrange.ts';
import {
  boxAround,
  NODE_WIDTH,
  nodeHeight,
  overlap,
  socketOffset,
  type Box,
  type NodeShape,
  type Point,
} from './node-geometry.ts';
import { socketTypes } from './socket-types.ts';

const GROUP_MARGIN = 20;
const GROUP_TITLE = 30;
const COMMENT: readonly [number, number] = [240, 120];
const NO_PLACE: Point = { x: 0, y: 0 };
const NO_SHAPE: NodeShape = { inputs: [], outputs: [], preview: false, fields: 0 };
const NO_BOX: Box = { x: 0, y: 0, width: 0, height: 0 };
/** Below this zoom the letters of a card cannot be read: all cards are painted as boxes with their names. */
export const FAR = 0.42;
/** How far out of sight, pixels of the view, a card is made, and from where on it is unmade. */
const MAKE_WITHIN = 80;
const UNMAKE_BEYOND = 480;
/** Cards that are made in one frame; the others are painted until their turn comes. */
const MADE_AT_ONCE = 4;

/** One end of a link that is being drawn. */
export type Loose =
  | { readonly side: 'output'; readonly item: Item; readonly port: string }
  | { readonly side: 'input'; readonly item: Item; readonly port: string };

/** A link between two sockets. */
export interface SceneLink {
  readonly item: Item;
  readonly from: { readonly item: Item; readonly port: string };
  readonly to: { readonly item: Item; readonly port: string };
  /** what goes over it; empty where it is not known */
  readonly type: string;
  /** nothing goes over it: one of its ends is muted */
  readonly idle: boolean;
}

/**
 * Where everything lies on the canvas: from the document's layout, arranged where it says nothing, and moved while it
 * is dragged.
 */
export class Scene {
  readonly #document: DocumentStore;
  readonly #registry: StageRegistry;
  readonly #runs: RunStore;
  readonly #rows: (node: string) => number;
  /** while dragged: not yet in the document */
  readonly dragged = new SvelteMap<Item, Point>();
  /** nodes whose form is open on the card */
  readonly opened = new SvelteSet<Item>();
  /** items whose cards are made of elements, since they are seen from near; all others are painted */
  readonly made = new SvelteSet<Item>();
  /** pan and zoom: a point of the canvas lies at `x + k * point.x` of the view */
  view = $state.raw({ x: 0, y: 0, k: 1 });
  /** size of the view, pixels */
  frame = $state.raw({ width: 0, height: 0 });

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
  readonly links: readonly SceneLink[] = $derived.by(() => linksOf(this.#document.doc, this.#registry));
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
  readonly far: boolean = $derived(this.view.k < FAR);

  shape(item: Item): NodeShape {
    const shape = this.#shapes.get(item) ?? NO_SHAPE;
    const preview = this.hasPreview(item);
    const fields = this.opened.has(item) ? this.#rows(partsOf(item).name) : 0;
    return preview || fields > 0 ? { ...shape, preview, fields } : shape;
  }

  hasPreview(item: Item): boolean {
    const { kind, name } = partsOf(item);
    return kind === 'nodes' && this.#runs.keysOf(name).length > 0;
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
      const [width, height] = this.#document.doc.comments[Number(name)]?.size ?? COMMENT;
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
  typeOf({ side, item, port }: Loose): string {
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

  /** What is seen, on the canvas. @param margin pixels of the view around it */
  seen(margin = 0): Box {
    const { x, y, k } = this.view;
    return {
      x: (-x - margin) / k,
      y: (-y - margin) / k,
      width: (this.frame.width + 2 * margin) / k,
      height: (this.frame.height + 2 * margin) / k,
    };
  }

  /**
   * Makes the cards that came into sight and unmakes those that are far out of it, a few at a time.
   *
   * @param keep is made even where it is not seen
   * @returns whether there are more to make
   */
  lookAround(keep: Item | undefined): boolean {
    const near = this.seen(MAKE_WITHIN);
    const about = this.seen(UNMAKE_BEYOND);
    for (const item of [...this.made])
      if (item !== keep && (this.far || !overlap(this.box(item), about))) this.made.delete(item);
    if (this.far) return false;
    const wanted = this.all.filter((item) => !this.made.has(item) && (item === keep || overlap(this.box(item), near)));
    for (const item of wanted.slice(0, MADE_AT_ONCE)) this.made.add(item);
    return wanted.length > MADE_AT_ONCE;
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

  /** Where a point of the view lies on the canvas. */
  toCanvas({ x, y }: Point): Point {
    return { x: (x - this.view.x) / this.view.k, y: (y - this.view.y) / this.view.k };
  }

  /** The middle of what is seen. */
  centre(): Point {
    return this.toCanvas({ x: this.frame.width / 2, y: this.frame.height / 2 });
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

function shapesOf(doc: GraphDocument, registry: StageRegistry): Map<Item, NodeShape> {
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

function linksOf(doc: GraphDocument, registry: StageRegistry): SceneLink[] {
  const found = new Map(Object.keys(doc.nodes).map((name) => [name, lookUp(doc, name, registry)]));
  const muted = (name: string): boolean => doc.nodes[name]?.skip === 'mute';
  // One that stands twice, as where one voice belongs to two films, lies over itself: it is drawn once.
  const different = new Map(edgesOf(doc).map((edge) => [edge.text, edge]));
  return [...different.values()].map(({ from, to, text }): SceneLink => {
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
