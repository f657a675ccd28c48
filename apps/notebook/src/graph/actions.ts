import type { Catalogue } from '@soliloquy/gateway/protocol';
import { edgesOf, InvalidGraph, type GraphDocument, type Json, type StageRegistry } from '@soliloquy/graph';
import {
  addNode,
  checkConnection,
  connect,
  copyItems,
  disconnect,
  feeding,
  moveItems,
  pasteItems,
  removeItems,
  setParam,
  setSkip,
  swapBackbone,
  type Fit,
} from '@soliloquy/graph/edit';
import type { DocumentStore } from '../document/document-store.svelte.ts';
import { addInput, groupNodes, setComment, ungroup } from '../document/edits.ts';
import { inputItem, itemWords, layoutKey, namesOf, nodeItem, partsOf, type Item } from '../document/items.ts';
import type { Notices } from '../notices.svelte.ts';
import { boxAround, snapped, type Point } from './box.ts';
import { lacking } from './lacking.ts';
import type { Layout } from './layout.svelte.ts';
import type { Selection } from './selection.svelte.ts';
import { socketText, type SocketRef } from './sockets.ts';
import type { Surroundings } from './surroundings.ts';

/** Sides along which selected items are lined up. */
export type Alignment = 'left' | 'centre' | 'right' | 'top' | 'middle' | 'bottom';

/** What actions change. */
export interface Edited {
  readonly document: DocumentStore;
  readonly selection: Selection;
  readonly layout: Layout;
}

type Places = ReadonlyMap<Item, readonly [number, number]>;

/** Every edit that mouse, keyboard and menus make: each is one step of undo, and says what it did. */
export class Actions {
  readonly #document: DocumentStore;
  readonly #selection: Selection;
  readonly #layout: Layout;
  readonly #registry: StageRegistry;
  readonly #catalogue: Catalogue;
  readonly #notices: Notices;

  constructor({ document, selection, layout }: Edited, { registry, catalogue, notices }: Surroundings) {
    this.#document = document;
    this.#selection = selection;
    this.#layout = layout;
    this.#registry = registry;
    this.#catalogue = catalogue;
    this.#notices = notices;
  }

  undo(): void {
    const label = this.#document.undo();
    this.#say(label === undefined ? 'Nothing to undo' : `Undone: ${label}`);
  }

  redo(): void {
    const label = this.#document.redo();
    this.#say(label === undefined ? 'Nothing to redo' : `Done again: ${label}`);
  }

  /** Adds a node. @param backbone the stage's default when left out */
  addStage(stage: string, at: Point, backbone?: string): Item {
    const { x, y } = snapped(at);
    const { name, says } = this.#document.apply((doc) =>
      addNode(this.#settled(doc), this.#registry, { stage, backbone }, [x, y]),
    );
    this.#selection.only(nodeItem(name));
    this.#say(says);
    return nodeItem(name);
  }

  /** Adds an input of the graph. */
  addGraphInput(type: string, at: Point): Item {
    let name = type;
    this.#document.edit(`add input of type ${type}`, (doc) => {
      const { x, y } = snapped(at);
      const added = addInput(this.#settled(doc), type, [x, y]);
      name = added.name;
      return added.doc;
    });
    this.#selection.only(inputItem(name));
    this.#say(`Added input ${name}`);
    return inputItem(name);
  }

  addComment(at: Point): Item {
    const item: Item = `comments.${this.#document.doc.comments.length}`;
    const { x, y } = snapped(at);
    this.#document.edit('add comment', (doc) => ({
      ...doc,
      comments: [...doc.comments, { text: '', at: [x, y] }],
    }));
    this.#selection.only(item);
    return item;
  }

  /** Why a link is refused, as a sentence with its remedy; `undefined` where it can be made. */
  refusal(from: string, to: string): string | undefined {
    const verdict = checkConnection(this.#document.doc, this.#registry, from, to);
    return verdict.fits ? undefined : verdict.error.message;
  }

  /** @param from `node.output` or an input of the graph; @param to `node.input`; @returns whether it was made */
  connect(from: string, to: string): boolean {
    try {
      const { dropped } = this.#document.apply((doc) => connect(doc, this.#registry, from, to));
      this.#say([`Connected ${from} to ${to}`, ...dropped.map((what) => `instead of ${what}`)].join(', '));
      return true;
    } catch (thrown) {
      if (!(thrown instanceof InvalidGraph)) throw thrown;
      this.#notices.warn(`Not connected. ${thrown.errors[0]?.message ?? ''}`);
      return false;
    }
  }

  /**
   * Connects a socket with what was chosen for it: one that is there, a new node's, or a new input's. One step of undo.
   */
  join(loose: SocketRef, fit: Fit, at: Point): void {
    const end = socketText(loose);
    const link = (other: string): [string, string] => (loose.side === 'output' ? [end, other] : [other, end]);
    if (fit.kind === 'existing') {
      this.connect(...link(`${fit.node}.${fit.port}`));
      return;
    }
    const { x, y } = snapped(at);
    const registry = this.#registry;
    let made: Item = nodeItem('');
    const words = fit.kind === 'new' ? fit.stage : `input of type ${fit.type}`;
    this.#document.edit(`add ${words} and connect it`, (doc) => {
      if (fit.kind === 'new') {
        const added = addNode(this.#settled(doc), registry, { stage: fit.stage, backbone: fit.backbone }, [x, y]);
        made = nodeItem(added.name);
        return connect(added.doc, registry, ...link(`${added.name}.${fit.port}`)).doc;
      }
      const added = addInput(this.#settled(doc), fit.type, [x, y]);
      made = inputItem(added.name);
      return connect(added.doc, registry, ...link(added.name)).doc;
    });
    this.#selection.only(made);
    this.#say(`Added ${itemWords(made)} and connected it with ${end}`);
  }

  /** @param to `node.input`; @param from only the last link from there, where several lead into the input */
  disconnect(to: string, from?: string): void {
    if (feeding(this.#document.doc, to) === undefined) return;
    const { says } = this.#document.apply((doc) => disconnect(doc, to, from));
    this.#say(says);
  }

  remove(items: readonly Item[] = this.#selection.items): void {
    if (items.length === 0) return;
    const words = items.length === 1 ? itemWords(items[0] as Item) : `${items.length} items`;
    const links = namesOf(items, 'edges');
    let dropped: readonly string[] = [];
    this.#document.edit(`delete ${words}`, (doc) => {
      const framed = ungroup(this.#settled(doc), namesOf(items, 'groups').map(Number));
      const cut = {
        ...framed,
        edges: edgesOf(framed)
          .filter(({ text }) => !links.includes(text))
          .map(({ text }) => text),
      };
      const removed = removeItems(cut, {
        nodes: namesOf(items, 'nodes'),
        inputs: namesOf(items, 'inputs'),
        comments: namesOf(items, 'comments').map(Number),
      });
      dropped = removed.dropped;
      return removed.doc;
    });
    this.#selection.clear();
    this.#say([`Deleted ${words}`, ...dropped].join(', '));
  }

  /** The selection as text. */
  copied(): string | undefined {
    const items = this.#movable();
    if (items.length === 0) return undefined;
    this.#say(`Copied ${items.length === 1 ? itemWords(items[0] as Item) : `${items.length} items`}`);
    return copyItems(this.#settled(this.#document.doc), {
      nodes: namesOf(items, 'nodes'),
      inputs: namesOf(items, 'inputs'),
      comments: namesOf(items, 'comments').map(Number),
    });
  }

  paste(text: string, at: Point): void {
    try {
      const { x, y } = snapped(at);
      const { selection, says, dropped } = this.#document.apply((doc) =>
        pasteItems(this.#settled(doc), this.#registry, text, [x, y]),
      );
      this.#selection.only(
        ...selection.nodes.map(nodeItem),
        ...selection.inputs.map(inputItem),
        ...selection.comments.map((index): Item => `comments.${index}`),
      );
      this.#say(says);
      if (dropped.length > 0) this.#notices.say(`Pasted without ${dropped.join(', ')}: there is no such source here`);
    } catch (thrown) {
      if (!(thrown instanceof InvalidGraph)) throw thrown;
      this.#notices.warn(`Not pasted. ${thrown.errors[0]?.message ?? thrown.message}`);
    }
  }

  duplicate(): void {
    const around = boxAround(this.#movable().map((item) => this.#layout.box(item)));
    const text = this.copied();
    if (text !== undefined && around !== undefined) this.paste(text, { x: around.x + 32, y: around.y + 32 });
  }

  /** Bypasses or mutes the selected nodes; where all are so already, they take part again. */
  skip(kind: 'bypass' | 'mute'): void {
    const names = this.#selection.nodes;
    if (names.length === 0) return;
    const already = names.every((name) => this.#document.doc.nodes[name]?.skip === kind);
    const { says } = this.#document.apply((doc) => setSkip(doc, names, already ? undefined : kind));
    this.#say(says);
  }

  group(): void {
    const names = this.#selection.nodes;
    if (names.length === 0) return;
    this.#document.edit(`group ${names.join(', ')}`, (doc) => groupNodes(doc, names, 'Group'));
    this.#selection.only(`groups.${this.#document.doc.groups.length - 1}`);
    this.#say(`Grouped ${names.length} nodes`);
  }

  /** All items, or the selected ones where there are several. */
  arrange(): void {
    const some = this.#selection.items.filter((item) => ['nodes', 'inputs'].includes(partsOf(item).kind));
    const places = this.#layout.arrangement(some.length > 1 ? some : undefined);
    this.#move('arrange', new Map([...places].map(([item, { x, y }]) => [item, [x, y]])));
    this.#say(`Arranged ${places.size} nodes`);
  }

  align(side: Alignment): void {
    const items = this.#movable();
    const around = boxAround(items.map((item) => this.#layout.box(item)));
    if (around === undefined || items.length < 2) return;
    const right = around.x + around.width;
    const bottom = around.y + around.height;
    const places = items.map((item): [Item, [number, number]] => {
      const { x, y, width, height } = this.#layout.box(item);
      const aligned: Record<Alignment, [number, number]> = {
        left: [around.x, y],
        centre: [around.x + (around.width - width) / 2, y],
        right: [right - width, y],
        top: [x, around.y],
        middle: [x, around.y + (around.height - height) / 2],
        bottom: [x, bottom - height],
      };
      return [item, aligned[side]];
    });
    this.#move(`align ${side}`, new Map(places));
    this.#say(`Aligned ${items.length} items ${side}`);
  }

  /** Moves what is selected by a step; several quick steps are one of undo. */
  nudge(dx: number, dy: number): void {
    const items = this.#movable();
    if (items.length === 0) return;
    const places = items.map((item): [Item, [number, number]] => {
      const { x, y } = this.#layout.place(item);
      return [item, [x + dx, y + dy]];
    });
    this.#move('move', new Map(places), `nudge ${items.join()}`);
  }

  /** Writes where dragged items came to lie. */
  drop({ copies = false } = {}): void {
    if (this.#layout.dragged.size === 0) return;
    if (copies) {
      const around = boxAround([...this.#layout.dragged.keys()].map((item) => this.#layout.box(item)));
      this.#layout.dragged.clear();
      const text = this.copied();
      if (text !== undefined && around !== undefined) this.paste(text, around);
      return;
    }
    const places = [...this.#layout.dragged].map(([item, place]): [Item, [number, number]] => {
      const { x, y } = snapped(place);
      return [item, [x, y]];
    });
    this.#move('move', new Map(places));
    this.#layout.dragged.clear();
  }

  swap(node: string, backbone: string): void {
    const stage = (this.#document.doc.nodes[node]?.stage ?? '').replace(/@.*$/, '');
    const { says, dropped, wants } = this.#document.apply((doc) => swapBackbone(doc, this.#registry, node, backbone));
    const left = dropped.length > 0 ? `. Left behind: ${dropped.join('; ')}` : '. Everything common was kept';
    const wanted = wants.length > 0 ? `. It now wants ${wants.join(' and ')} connected` : '';
    this.#notices.say(`${says}${left}${wanted}`);
    for (const { what, remedy } of lacking(this.#catalogue, stage, backbone))
      this.#notices.warn(`${backbone} needs ${what}: ${remedy}`);
  }

  /**
   * Sets a param of a node, at one size or at all; `undefined` takes it back. A value that its stage refuses stays, and
   * is said to be wrong.
   */
  setParam(node: string, param: string, value: Json | undefined, size?: string): void {
    try {
      this.#document.apply((doc) => setParam(doc, node, param, value, size), `${node}.${param} ${size ?? ''}`);
    } catch (thrown) {
      if (!(thrown instanceof InvalidGraph)) throw thrown;
      this.#notices.warn(thrown.message);
    }
  }

  #movable(): Item[] {
    return this.#selection.items.filter((item) => ['nodes', 'inputs', 'comments'].includes(partsOf(item).kind));
  }

  #move(label: string, places: Places, merge?: string): void {
    this.#document.edit(label, (doc) => placed(this.#settled(doc), places), merge);
  }

  /** The document with the place of everything in it: what was arranged for want of one stays where it was seen. */
  #settled(doc: GraphDocument): GraphDocument {
    const missing = this.#layout.items.filter((item) => doc.layout[layoutKey(item)] === undefined);
    return missing.length === 0
      ? doc
      : placed(doc, new Map(missing.map((item) => [item, [this.#layout.place(item).x, this.#layout.place(item).y]])));
  }

  #say(text: string): void {
    this.#notices.announce(text);
  }
}

function placed(doc: GraphDocument, places: Places): GraphDocument {
  const comments = [...places].filter(([item]) => partsOf(item).kind === 'comments');
  const others = [...places].filter(([item]) => partsOf(item).kind !== 'comments');
  const noted = comments.reduce(
    (changed, [item, [x, y]]) =>
      setComment(changed, Number(partsOf(item).name), { at: [Math.round(x), Math.round(y)] }),
    doc,
  );
  return moveItems(noted, Object.fromEntries(others.map(([item, place]) => [layoutKey(item), place]))).doc;
}
