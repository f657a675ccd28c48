import { edgesOf, sourceText } from '@soliloquy/graph';
import { inputItem, nodeItem } from '../document/items.ts';
import type { Point } from '../graph/box.ts';
import type { OpenGraph } from '../graph/open-graph.svelte.ts';
import { socketText, type SocketRef } from '../graph/sockets.ts';
import type { CanvasContext, LinkDraft } from './canvas-context.svelte.ts';
import { followPointer } from './follow-pointer.ts';
import { cardAt, socketAt, socketInRow } from './pick.ts';

/** pixels of the view that a press may tremble */
const STILL = 4;

/** Where a link that is drawn may end. */
export interface LinkEnds {
  /** Where the pointer is on the canvas; none where it is on something else of the page. */
  over(event: PointerEvent): Point | undefined;
  /** Let go over nothing. */
  searchFits(from: SocketRef, at: Point): void;
  refuse(why: string, event: PointerEvent): void;
}

/** Where a link begins to be drawn. */
export interface LinkPress {
  readonly canvas: CanvasContext;
  readonly open: OpenGraph;
  readonly event: PointerEvent;
  /** the socket that was pressed */
  readonly loose: SocketRef;
}

/**
 * Draws a link from a socket to where the pointer is let go; from a connected input its link is taken along, the last
 * of several, unless Alt is pressed.
 */
export function drawLink({ canvas, open, event, loose }: LinkPress, ends: LinkEnds): void {
  const begin = { x: event.clientX, y: event.clientY };
  const taken = takenAlong(open, event, loose);
  const link: LooseLink = { from: taken?.from ?? loose, taken };
  followPointer({
    move(now) {
      if (canvas.draft === undefined && Math.hypot(now.clientX - begin.x, now.clientY - begin.y) < STILL) return;
      canvas.draft = draftAt(canvas, open, link.from, ends.over(now));
    },
    up(now) {
      const drawn = canvas.draft;
      canvas.draft = undefined;
      if (drawn === undefined) open.selection.only(loose.item);
      else letGo(open, link, { drawn, event: now }, ends);
    },
    escape() {
      canvas.draft = undefined;
    },
  });
}

/** The link of an input that is taken off it when another is connected. */
interface TakenLink {
  readonly from: SocketRef;
  /** `node.port` of the input that it fed */
  readonly target: string;
  detach(): void;
}

/** A link that hangs on the pointer. */
interface LooseLink {
  readonly from: SocketRef;
  readonly taken: TakenLink | undefined;
}

/** The link that a press on a socket takes along, if there is one. */
function takenAlong(open: OpenGraph, event: PointerEvent, loose: SocketRef): TakenLink | undefined {
  if (loose.side !== 'input' || event.altKey) return undefined;
  const target = socketText(loose);
  const fed = edgesOf(open.doc).findLast(({ to }) => `${to.node}.${to.port}` === target);
  if (fed === undefined) return undefined;
  const { from } = fed;
  return {
    from:
      from.kind === 'input'
        ? { side: 'output', item: inputItem(from.input), port: from.input }
        : { side: 'output', item: nodeItem(from.node), port: from.port },
    target,
    detach: () => open.actions.disconnect(target, sourceText(from)),
  };
}

/** @param on where the pointer is on the canvas; none where it left it */
function draftAt(canvas: CanvasContext, open: OpenGraph, from: SocketRef, on: Point | undefined): LinkDraft {
  const at = on ?? canvas.draft?.at ?? open.layout.socket(from.item, from.side, from.port);
  const end = on && endAt(open, from, { at: on, scale: canvas.viewport.view.k });
  const before = canvas.draft?.over;
  const same =
    before !== undefined &&
    end !== undefined &&
    before.item === end.item &&
    before.port === end.port &&
    before.side === end.side;
  // a socket is judged once while the pointer stays on it
  return { from, at, over: same ? before : end && { ...end, refused: refusal(open, from, end) } };
}

/** The socket at a point; on a card, that of the row, or the only one that fits. */
function endAt(
  open: OpenGraph,
  from: SocketRef,
  { at, scale }: { readonly at: Point; readonly scale: number },
): SocketRef | undefined {
  const { layout } = open;
  const socket = socketAt(layout, at, scale);
  if (socket !== undefined) return socket.item === from.item && socket.side === from.side ? undefined : socket;
  const item = cardAt(layout, at);
  if (item === undefined || item === from.item) return undefined;
  const side = otherSide(from);
  const inRow = socketInRow(layout, item, side, at);
  if (inRow !== undefined) return inRow;
  const { inputs, outputs } = layout.shape(item);
  const fitting = (side === 'input' ? inputs : outputs)
    .map((port): SocketRef => ({ side, item, port }))
    .filter((end) => refusal(open, from, end) === undefined);
  return fitting.length === 1 ? fitting[0] : undefined;
}

/** Why a link may not end at a socket; `undefined` where it may. */
function refusal({ actions }: OpenGraph, from: SocketRef, end: SocketRef): string | undefined {
  if (end.side === from.side) {
    const wanted = otherSide(from);
    const remedy = `end the link at an ${wanted}, on the ${wanted === 'input' ? 'left' : 'right'} of a node`;
    return `${socketText(end)}: expected an ${wanted}, got an ${end.side}; ${remedy}`;
  }
  return actions.refusal(...sourceAndTarget(from, end));
}

/** Connects what was drawn; where it ends at nothing, takes its link off or searches what would fit. */
function letGo(
  open: OpenGraph,
  { from, taken }: LooseLink,
  { drawn, event }: { readonly drawn: LinkDraft; readonly event: PointerEvent },
  { over, searchFits, refuse }: LinkEnds,
): void {
  const end = drawn.over;
  if (end === undefined) {
    if (taken !== undefined) taken.detach();
    else if (over(event) !== undefined) searchFits(from, drawn.at);
    return;
  }
  const [source, target] = sourceAndTarget(from, end);
  if (taken?.target === target) return;
  if (end.refused !== undefined) {
    refuse(end.refused, event);
    return;
  }
  taken?.detach();
  open.actions.connect(source, target);
}

function otherSide({ side }: SocketRef): SocketRef['side'] {
  return side === 'output' ? 'input' : 'output';
}

/** Both ends as texts, the output first. */
function sourceAndTarget(from: SocketRef, end: SocketRef): [source: string, target: string] {
  return from.side === 'output' ? [socketText(from), socketText(end)] : [socketText(end), socketText(from)];
}
