import { edgesOf, sourceText } from '@soliloquy/graph';
import { inputItem, nodeItem } from '../document/items.ts';
import type { Point } from '../graph/box.ts';
import type { OpenGraph } from '../graph/open-graph.svelte.ts';
import { socketText, type SocketRef } from '../graph/sockets.ts';
import type { CanvasContext } from './canvas-context.svelte.ts';
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

/**
 * Draws a link from a socket to where the pointer is let go; from a connected input its link is taken along, the last
 * of several, unless Alt is pressed.
 */
export function drawLink(
  canvas: CanvasContext,
  open: OpenGraph,
  event: PointerEvent,
  loose: SocketRef,
  { over, searchFits, refuse }: LinkEnds,
): void {
  const { actions } = open;
  const begin = { x: event.clientX, y: event.clientY };
  const fed =
    loose.side === 'input' && !event.altKey
      ? edgesOf(open.doc).findLast(({ to }) => `${to.node}.${to.port}` === socketText(loose))
      : undefined;
  const detached = fed && socketText(loose);
  const detach = (): void => {
    if (fed !== undefined) actions.disconnect(socketText(loose), sourceText(fed.from));
  };
  const from: SocketRef =
    fed === undefined
      ? loose
      : fed.from.kind === 'input'
        ? { side: 'output', item: inputItem(fed.from.input), port: fed.from.input }
        : { side: 'output', item: nodeItem(fed.from.node), port: fed.from.port };
  const wanted = from.side === 'output' ? 'input' : 'output';
  const inTurn = (other: SocketRef): readonly [SocketRef, SocketRef] =>
    wanted === 'input' ? [from, other] : [other, from];

  const judge = (end: SocketRef): string | undefined => {
    if (end.side === from.side) {
      const remedy =
        wanted === 'input'
          ? 'end the link at an input, on the left of a node'
          : 'end the link at an output, on the right of a node';
      return `${socketText(end)}: expected an ${wanted}, got an ${end.side}; ${remedy}`;
    }
    const [source, target] = inTurn(end);
    return actions.refusal(socketText(source), socketText(target));
  };
  /** The socket at a point; on a card, that of the row, or the only one that fits. */
  const endAt = (at: Point): SocketRef | undefined => {
    const socket = socketAt(open.layout, at, canvas.viewport.view.k);
    if (socket !== undefined) return socket.item === from.item && socket.side === from.side ? undefined : socket;
    const item = cardAt(open.layout, at);
    if (item === undefined || item === from.item) return undefined;
    const inRow = socketInRow(open.layout, item, wanted, at);
    if (inRow !== undefined) return inRow;
    const { inputs, outputs } = open.layout.shape(item);
    const fitting = (wanted === 'input' ? inputs : outputs)
      .map((port): SocketRef => ({ side: wanted, item, port }))
      .filter((end) => judge(end) === undefined);
    return fitting.length === 1 ? fitting[0] : undefined;
  };

  followPointer({
    move(now) {
      if (canvas.draft === undefined && Math.hypot(now.clientX - begin.x, now.clientY - begin.y) < STILL) return;
      const on = over(now);
      const at = on ?? canvas.draft?.at ?? open.layout.socket(from.item, from.side, from.port);
      const end = on && endAt(on);
      const before = canvas.draft?.over;
      const same =
        before !== undefined &&
        end !== undefined &&
        before.item === end.item &&
        before.port === end.port &&
        before.side === end.side;
      canvas.draft = { from, at, over: same ? before : end && { ...end, refused: judge(end) } };
    },
    up(now) {
      const drawn = canvas.draft;
      canvas.draft = undefined;
      if (drawn === undefined) {
        open.selection.only(loose.item);
        return;
      }
      const end = drawn.over;
      if (end === undefined) {
        if (detached !== undefined) detach();
        else if (over(now) !== undefined) searchFits(from, drawn.at);
        return;
      }
      const [source, target] = inTurn(end).map(socketText) as [string, string];
      if (detached === target) return;
      if (end.refused !== undefined) {
        refuse(end.refused, now);
        return;
      }
      detach();
      actions.connect(source, target);
    },
    escape() {
      canvas.draft = undefined;
    },
  });
}
