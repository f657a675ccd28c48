import { getContext } from 'svelte';
import type { Item } from '../document/items.ts';
import type { Point } from '../graph/box.ts';
import type { SocketRef } from '../graph/sockets.ts';
import type { Viewport } from './viewport.svelte.ts';

/** What a link that is being drawn points at. */
export interface LinkDraft {
  readonly from: SocketRef;
  /** where the pointer is, on the canvas */
  readonly at: Point;
  /** the socket under the pointer, and why it is refused if it is */
  readonly over?: SocketRef & { readonly refused: string | undefined };
}

/** What the parts of the canvas share. */
export class CanvasContext {
  readonly viewport: Viewport;
  draft = $state.raw<LinkDraft | undefined>(undefined);
  /** Begins to draw a link from a socket. */
  startLink: (event: PointerEvent, loose: SocketRef) => void = () => undefined;
  /** Opens the list of what a socket can be connected with. */
  openConnect: (item: Item, only?: { readonly side: 'input' | 'output'; readonly port: string }) => void = () =>
    undefined;
  /** Brings the keyboard to an item on the canvas. */
  focusItem: (item: Item) => void = () => undefined;

  /** Brings the keyboard to the form of a node beside the canvas. */
  inspect: (node: string) => void = () => undefined;

  constructor(viewport: Viewport) {
    this.viewport = viewport;
  }
}

export const CANVAS_KEY = Symbol('canvas');

export function useCanvas(): CanvasContext {
  return getContext<CanvasContext>(CANVAS_KEY);
}
