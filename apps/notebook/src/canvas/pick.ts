import type { Item } from '../document/items.ts';
import { grown, middleOf, type Box, type Point } from '../graph/box.ts';
import { HEADER_HEIGHT, PADDING, ROW_HEIGHT } from '../graph/card-size.ts';
import type { Layout } from '../graph/layout.svelte.ts';
import type { SocketRef } from '../graph/sockets.ts';
import { distanceToLink } from './link-curve.ts';

/** pixels of the view */
const LINK_REACH = 7;
const SOCKET_REACH = 13;

/** The link at a point of the canvas. */
export function linkAt(layout: Layout, point: Point, zoom: number): Item | undefined {
  let least = LINK_REACH / zoom;
  let nearest: Item | undefined;
  for (const { item, from, to } of layout.links) {
    const distance = distanceToLink(
      point,
      layout.socket(from.item, 'output', from.port),
      layout.socket(to.item, 'input', to.port),
    );
    if (distance < least) [least, nearest] = [distance, item];
  }
  return nearest;
}

/** The socket at a point of the canvas; where sockets lie closer than a finger is wide, the nearest. */
export function socketAt(layout: Layout, point: Point, zoom: number): SocketRef | undefined {
  const reach = SOCKET_REACH / Math.max(0.5, zoom);
  let least = reach;
  let nearest: SocketRef | undefined;
  for (const item of layout.items) {
    if (!contains(grown(layout.box(item), reach), point)) continue;
    const { inputs, outputs } = layout.shape(item);
    for (const loose of [
      ...inputs.map((port): SocketRef => ({ side: 'input', item, port })),
      ...outputs.map((port): SocketRef => ({ side: 'output', item, port })),
    ]) {
      const at = layout.socket(item, loose.side, loose.port);
      const distance = Math.hypot(at.x - point.x, at.y - point.y);
      if (distance < least) [least, nearest] = [distance, loose];
    }
  }
  return nearest;
}

/** The socket in whose row a point of a card is, on the half where such sockets are. */
export function socketInRow(layout: Layout, item: Item, side: 'input' | 'output', point: Point): SocketRef | undefined {
  const { x, y, width } = layout.box(item);
  const { inputs, outputs } = layout.shape(item);
  const port = (side === 'input' ? inputs : outputs)[Math.floor((point.y - y - HEADER_HEIGHT - PADDING) / ROW_HEIGHT)];
  return port !== undefined && point.x < x + width / 2 === (side === 'input') ? { side, item, port } : undefined;
}

/** The node or input whose card a point of the canvas is on, the uppermost. */
export function cardAt(layout: Layout, point: Point): Item | undefined {
  return layout.items.findLast((item) => contains(layout.box(item), point));
}

/** The nearest item in a direction, for the keyboard. */
export function neighbour(layout: Layout, item: Item, dx: number, dy: number): Item | undefined {
  const from = middleOf(layout.box(item));
  let best: Item | undefined;
  let least = Infinity;
  for (const other of layout.all) {
    const to = middleOf(layout.box(other));
    const along = (to.x - from.x) * dx + (to.y - from.y) * dy;
    const aside = Math.abs((to.x - from.x) * dy) + Math.abs((to.y - from.y) * dx);
    if (other === item || along <= 1 || aside > along * 2.5) continue;
    const distance = along + aside * 2;
    if (distance < least) [least, best] = [distance, other];
  }
  return best;
}

/** The item whose middle is nearest to an item's, of those that are wanted. */
export function nearest(layout: Layout, item: Item, wanted: (item: Item) => boolean): Item | undefined {
  const from = middleOf(layout.box(item));
  let best: Item | undefined;
  let least = Infinity;
  for (const other of layout.all) {
    if (other === item || !wanted(other)) continue;
    const to = middleOf(layout.box(other));
    const distance = Math.hypot(to.x - from.x, to.y - from.y);
    if (distance < least) [least, best] = [distance, other];
  }
  return best;
}

function contains({ x, y, width, height }: Box, point: Point): boolean {
  return point.x >= x && point.x <= x + width && point.y >= y && point.y <= y + height;
}
