import { edgesOf, sourceText } from '@soliloquy/graph';
import { whatFits } from '@soliloquy/graph/edit';
import { typeColor } from '../design/type-color.ts';
import { itemWords, partsOf, type Item } from '../document/items.ts';
import type { Point } from '../graph/box.ts';
import { NODE_WIDTH } from '../graph/card-size.ts';
import type { OpenGraph } from '../graph/open-graph.svelte.ts';
import { socketText, type SocketRef } from '../graph/sockets.ts';
import type { Notebook } from '../notebook.svelte.ts';
import type { Choice } from '../shell/Finder.svelte';
import type { CanvasContext } from './canvas-context.svelte.ts';
import type { KeyAction } from './keys.ts';
import { synonymsOf } from './synonyms.ts';

/** Beside a card, where one that is connected with it is put. */
const BESIDE = 88;

type Kind = ReturnType<typeof partsOf>['kind'];

/** What can be done with an item, its key, and of which kinds of items. */
const ABOUT: readonly { label: string; hint: string; action: KeyAction; of: readonly Kind[] }[] = [
  { label: 'Edit', hint: 'Enter', action: { kind: 'inspect' }, of: ['nodes', 'inputs', 'comments', 'groups'] },
  { label: 'Connect', hint: 'C', action: { kind: 'connect' }, of: ['nodes', 'inputs'] },
  { label: 'Run up to here', hint: 'R', action: { kind: 'run-to', from: false }, of: ['nodes'] },
  { label: 'Run from here', hint: 'Shift R', action: { kind: 'run-to', from: true }, of: ['nodes'] },
  { label: 'Parameters on the card', hint: 'E', action: { kind: 'form' }, of: ['nodes'] },
  { label: 'Mute', hint: 'M', action: { kind: 'mute' }, of: ['nodes'] },
  { label: 'Bypass', hint: 'B', action: { kind: 'bypass' }, of: ['nodes'] },
  { label: 'Group', hint: 'G', action: { kind: 'group' }, of: ['nodes', 'inputs', 'comments'] },
  { label: 'Duplicate', hint: 'Ctrl D', action: { kind: 'duplicate' }, of: ['nodes', 'inputs', 'comments'] },
  {
    label: 'Delete',
    hint: 'Delete',
    action: { kind: 'remove' },
    of: ['nodes', 'inputs', 'edges', 'comments', 'groups'],
  },
];

/** A list that is searched. */
export interface Search {
  readonly title: string;
  readonly placeholder: string;
  readonly choices: readonly Choice[];
  /** said when nothing is found */
  readonly empty?: string;
}

/** The lists of the canvas: what can be added, what fits a socket, what a node can be connected with. */
export class Choices {
  readonly #notebook: Notebook;
  readonly #open: OpenGraph;
  readonly #canvas: CanvasContext;

  constructor(notebook: Notebook, open: OpenGraph, canvas: CanvasContext) {
    this.#notebook = notebook;
    this.#open = open;
    this.#canvas = canvas;
  }

  /** Stages, their backbones, inputs of the graph and a comment, to be added at a place. */
  palette(at: Point): Search {
    const { catalogue } = this.#notebook;
    const { actions } = this.#open;
    const add = (make: () => Item) => () => this.#canvas.focusItem(make());
    const stages = catalogue.stages.map((stage): Choice => {
      const lacking = this.#notebook.lacking(stage.id, stage.defaultBackbone);
      return {
        id: stage.id,
        label: stage.title,
        detail:
          lacking.length > 0 ? `${stage.summary} Needs ${lacking.map(({ what }) => what).join(', ')}.` : stage.summary,
        hint: stage.id,
        words: [
          synonymsOf(stage.id),
          ...Object.entries({ ...stage.inputs, ...stage.outputs }).flatMap(([port, { type }]) => [port, type]),
        ].join(' '),
        choose: add(() => actions.addStage(stage.id, at)),
      };
    });
    const inputs = catalogue.types
      .filter(({ asInput }) => asInput)
      .map(({ id, title }): Choice => ({
        id: `input ${id}`,
        label: `Input: ${title}`,
        detail: 'given to every run',
        hint: id,
        colour: typeColor(id),
        words: synonymsOf(id),
        choose: add(() => actions.addGraphInput(id, at)),
      }));
    const comment: Choice = {
      id: 'comment',
      label: 'Comment',
      detail: 'A note on the canvas',
      words: synonymsOf('comment'),
      choose: add(() => actions.addComment(at)),
    };
    const backbones = catalogue.stages.flatMap((stage) =>
      Object.entries(stage.backbones).map(([name, { title, summary }]): Choice => ({
        id: `${stage.id}/${name}`,
        label: title,
        detail: `backbone of ${stage.title}: ${this.#needs(stage.id, name) ?? summary}`,
        hint: name,
        choose: add(() => actions.addStage(stage.id, at, name)),
      })),
    );
    return {
      title: 'Add a node',
      placeholder: 'Add a stage, a backbone, an input…',
      choices: [...stages, ...inputs, comment, ...backbones],
    };
  }

  /** What a backbone lacks here, in words. */
  #needs(stage: string, backbone: string): string | undefined {
    const lacks = this.#notebook.lacking(stage, backbone);
    return lacks.length === 0 ? undefined : `needs ${lacks.map(({ what }) => what).join(', ')}`;
  }

  /** What fits a socket whose link was let go over nothing. */
  fits(loose: SocketRef, at: Point): Search {
    const end = socketText(loose);
    return {
      title: `What fits ${end}`,
      placeholder: `What fits ${end}…`,
      choices: this.#fitting(loose, loose.side === 'output' ? at : { x: at.x - NODE_WIDTH, y: at.y }),
      empty: 'Nothing that is installed fits',
    };
  }

  /** What can be done with an item. @param act does what a key means */
  about(item: Item, act: (action: KeyAction) => void): Search {
    const { kind } = partsOf(item);
    const fitting = ABOUT.filter(({ of }) => of.includes(kind));
    return {
      title: `What to do with ${itemWords(item)}`,
      placeholder: `What to do with ${itemWords(item)}…`,
      choices: fitting.map(({ label, hint, action }): Choice => ({
        id: label,
        label,
        hint,
        choose: () => act(action),
      })),
    };
  }

  /** What an item, or one of its sockets, can be connected with, and cut off from. */
  connections(item: Item, only?: { readonly side: 'input' | 'output'; readonly port: string }): Search {
    const { layout, doc } = this.#open;
    const { inputs, outputs } = layout.shape(item);
    const sockets: SocketRef[] = only
      ? [{ ...only, item }]
      : [
          ...outputs.map((port): SocketRef => ({ side: 'output', item, port })),
          ...inputs.map((port): SocketRef => ({ side: 'input', item, port })),
        ];
    const box = layout.box(item);
    const feeds = Map.groupBy(edgesOf(doc), ({ to }) => `${to.node}.${to.port}`);
    const choices = sockets.flatMap((socket) => {
      const colour = typeColor(layout.typeOf(socket));
      const words = socket.side === 'output' ? `${socket.port} →` : `${socket.port} ←`;
      const fed = socket.side === 'input' ? (feeds.get(socketText(socket)) ?? []) : [];
      const cut = (from: string): void => {
        this.#open.actions.disconnect(socketText(socket), from);
        this.#canvas.focusItem(item);
      };
      const at = { x: socket.side === 'output' ? box.x + box.width + BESIDE : box.x - NODE_WIDTH - BESIDE, y: box.y };
      return [
        ...this.#fitting(socket, at).map((choice): Choice => ({
          ...choice,
          id: `${socket.side} ${socket.port} ${choice.id}`,
          label: `${words} ${choice.label}`,
          colour,
        })),
        ...[...new Set(fed.map(({ from }) => sourceText(from)))].map((from): Choice => ({
          id: `cut ${socket.port} ${from}`,
          label: `${words} nothing`,
          detail: `disconnect from ${from}`,
          colour,
          choose: () => cut(from),
        })),
      ];
    });
    return {
      title: `Connect ${itemWords(item)}`,
      placeholder: `Connect ${itemWords(item)}: type a socket or a node…`,
      choices,
    };
  }

  #fitting(loose: SocketRef, at: Point): Choice[] {
    const { actions } = this.#open;
    const end = socketText(loose);
    return whatFits(
      this.#open.doc,
      this.#notebook.registry,
      loose.side === 'output' ? { kind: 'source', from: end } : { kind: 'target', to: end },
    ).map((fit): Choice => {
      const choose = (): void => {
        actions.join(loose, fit, at);
        this.#canvas.focusItem(fit.kind === 'existing' ? loose.item : (this.#open.selection.lead ?? loose.item));
      };
      if (fit.kind === 'existing') {
        const other = `${fit.node}.${fit.port}`;
        return {
          id: `e ${other}`,
          label: other,
          detail: fit.replaces === undefined ? 'connect' : `connect instead of ${fit.replaces}`,
          refused: loose.side === 'output' ? actions.refusal(end, other) : actions.refusal(other, end),
          choose,
        };
      }
      if (fit.kind === 'new')
        return {
          id: `n ${fit.stage}.${fit.port}`,
          label: `New ${fit.title}`,
          detail: fit.summary,
          hint: fit.port,
          choose,
        };
      return {
        id: `i ${fit.type}`,
        label: `New input of the graph`,
        detail: `a ${fit.type} that is given to every run`,
        choose,
      };
    });
  }
}
