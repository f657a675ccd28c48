import { edgesOf } from '@soliloquy/graph';
import type { GraphDocument, StageRegistry } from '@soliloquy/graph';
import { SvelteMap } from 'svelte/reactivity';
import type { DocumentStore } from '../document/document-store.svelte.ts';
import { inputItem, layoutKey, nodeItem, partsOf } from '../document/items.ts';
import type { Item } from '../document/items.ts';
import { lookUp } from '../document/look-up.ts';
import type { RunStore } from '../run/run-store.svelte.ts';
import { arrange } from './arrange.ts';
import { NODE_WIDTH, boxAround, nodeHeight, socketOffset } from './node-geometry.ts';
import type { Box, NodeShape, Point } from './node-geometry.ts';

const GROUP_MARGIN = 20;
const GROUP_TITLE = 30;
const COMMENT: readonly [number, number] = [240, 120];
const NO_PLACE: Point = { x: 0, y: 0 };

/** One end of a link that is being drawn. */
export type Loose = { readonly side: 'output'; readonly item: Item; readonly port: string } | { readonly side: 'input'; readonly item: Item; readonly port: string };

/** Where everything lies on the canvas: from the document's layout, arranged where it says nothing, and moved while it is dragged. */
export class Scene {
  readonly #document: DocumentStore;
  readonly #registry: StageRegistry;
  readonly #runs: RunStore;
  /** while dragged: not yet in the document */
  readonly dragged = new SvelteMap<Item, Point>();
  /** pan and zoom: a point of the canvas lies at `x + k * point.x` of the view */
  view = $state.raw({ x: 0, y: 0, k: 1 });
  /** size of the view, pixels */
  frame = $state.raw({ width: 0, height: 0 });

  constructor(document: DocumentStore, registry: StageRegistry, runs: RunStore) {
    this.#document = document;
    this.#registry = registry;
    this.#runs = runs;
  }

  readonly #shapes: ReadonlyMap<Item, NodeShape> = $derived.by(() => shapesOf(this.#document.doc, this.#registry));
  readonly #arranged: ReadonlyMap<Item, Point> = $derived.by(() => this.#arrangeMissing());
  /** nodes and inputs, in the document's order */
  readonly items: readonly Item[] = $derived([...this.#shapes.keys()]);

  shape(item: Item): NodeShape {
    const shape = this.#shapes.get(item) ?? { inputs: [], outputs: [], preview: false };
    return { ...shape, preview: this.hasPreview(item) };
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

  box(item: Item): Box {
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
    const around = boxAround((this.#document.doc.groups[index]?.nodes ?? []).filter((name) => Object.hasOwn(this.#document.doc.nodes, name)).map((name) => this.box(nodeItem(name))));
    return around && { x: around.x - GROUP_MARGIN, y: around.y - GROUP_MARGIN - GROUP_TITLE, width: around.width + 2 * GROUP_MARGIN, height: around.height + 2 * GROUP_MARGIN + GROUP_TITLE };
  }

  socket(item: Item, side: 'input' | 'output', port: string): Point {
    const { x, y } = this.place(item);
    const offset = socketOffset(this.#shapes.get(item) ?? { inputs: [], outputs: [], preview: false }, side, port);
    return { x: x + offset.x, y: y + offset.y };
  }

  /** Around everything. */
  bounds(): Box | undefined {
    const doc = this.#document.doc;
    return boxAround([...this.items.map((item) => this.box(item)), ...doc.comments.map((_, index) => this.box(`comments.${index}`)), ...doc.groups.flatMap((_, index) => this.groupBox(index) ?? [])]);
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
    const boxes = new Map(items.map((item) => [item as string, { width: NODE_WIDTH, height: nodeHeight(this.shape(item)) }]));
    const links = linksOf(this.#document.doc).filter(({ from, to }) => wanted.has(from) && wanted.has(to));
    return arrange({ boxes, links }, items.length === this.items.length ? { x: 0, y: 0 } : origin) as Map<Item, Point>;
  }

  #arrangeMissing(): ReadonlyMap<Item, Point> {
    const doc = this.#document.doc;
    const items = [...this.#shapes.keys()];
    const missing = items.filter((item) => doc.layout[layoutKey(item)] === undefined);
    if (missing.length === 0) return new Map();
    const boxes = new Map(items.map((item) => [item as string, { width: NODE_WIDTH, height: nodeHeight({ ...(this.#shapes.get(item) as NodeShape), preview: true }) }]));
    const all = arrange({ boxes, links: linksOf(doc) }) as Map<Item, Point>;
    if (missing.length === items.length) return all;
    // beside what has its place already
    const placed = items.filter((item) => !missing.includes(item)).map((item) => doc.layout[layoutKey(item)] as [number, number]);
    const below = Math.max(...placed.map(([, y]) => y)) + 320;
    const left = Math.min(...placed.map(([x]) => x));
    return new Map(missing.map((item, index) => [item, { x: left + index * (NODE_WIDTH + 40), y: below }]));
  }
}

function shapesOf(doc: GraphDocument, registry: StageRegistry): Map<Item, NodeShape> {
  const shapes = new Map<Item, NodeShape>();
  for (const name of Object.keys(doc.inputs)) shapes.set(inputItem(name), { inputs: [], outputs: [name], preview: false });
  const edges = edgesOf(doc);
  for (const name of Object.keys(doc.nodes)) {
    const stage = lookUp(doc, name, registry)?.stage ?? registry.get(doc.nodes[name]?.stage.replace(/@.*$/, '') ?? '');
    // A stage that is not here keeps the sockets that its links name, so that the graph still reads.
    const inputs = stage ? Object.keys(stage.inputs) : [...new Set(edges.flatMap(({ to }) => (to.node === name ? [to.port] : [])))];
    const outputs = stage ? Object.keys(stage.outputs) : [...new Set(edges.flatMap(({ from }) => (from.kind === 'node' && from.node === name ? [from.port] : [])))];
    shapes.set(nodeItem(name), { inputs, outputs, preview: false });
  }
  return shapes;
}

function linksOf(doc: GraphDocument): { from: string; to: string }[] {
  return edgesOf(doc).map(({ from, to }) => ({ from: from.kind === 'input' ? inputItem(from.input) : nodeItem(from.node), to: nodeItem(to.node) }));
}
