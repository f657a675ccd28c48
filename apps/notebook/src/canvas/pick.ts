import type { Item } from '../document/items.ts';
import {
  distanceToLink,
  grown,
  HEADER_HEIGHT,
  middleOf,
  PADDING,
  ROW_HEIGHT,
  type Box,
  type Point,
} from './node-geometry.ts';
import type { Loose, Scene } from './scene.svelte.ts';

/** pixels of the view */
const LINK_REACH = 7;
const SOCKET_REACH = 13;

/** The link at a point of the canvas. */
export function linkAt(scene: Scene, point: Point): Item | undefined {
  let least = LINK_REACH / scene.view.k;
  let nearest: Item | undefined;
  for (const { item, from, to } of scene.links) {
    const distance = distanceToLink(
      point,
      scene.socket(from.item, 'output', from.port),
      scene.socket(to.item, 'input', to.port),
    );
    if (distance < least) [least, nearest] = [distance, item];
  }
  return nearest;
}

/** The socket at a point of the canvas; where sockets lie closer than a finger is wide, the nearest. */
export function socketAt(scene: Scene, point: Point): Loose | undefined {
  const reach = SOCKET_REACH / Math.max(0.5, scene.view.k);
  let least = reach;
  let nearest: Loose | undefined;
  for (const item of scene.items) {
    if (!contains(grown(scene.box(item), reach), point)) continue;
    const { inputs, outputs } = scene.shape(item);
    for (const loose of [
      ...inputs.map((port): Loose => ({ side: 'input', item, port })),
      ...outputs.map((port): Loose => ({ side: 'output', item, port })),
    ]) {
      const at = scene.socket(item, loose.side, loose.port);
      const distance = Math.hypot(at.x - point.x, at.y - point.y);
      if (distance < least) [least, nearest] = [distance, loose];
    }
  }
  return nearest;
}

/** The socket in whose row a point of a card is, on the half where such sockets are. */
export function socketInRow(scene: Scene, item: Item, side: 'input' | 'output', point: Point): Loose | undefined {
  const { x, y, width } = scene.box(item);
  const { inputs, outputs } = scene.shape(item);
  const port = (side === 'input' ? inputs : outputs)[Math.floor((point.y - y - HEADER_HEIGHT - PADDING) / ROW_HEIGHT)];
  return port !== undefined && point.x < x + width / 2 === (side === 'input') ? { side, item, port } : undefined;
}

/** The node or input whose card a point of the canvas is on, the uppermost. */
export function cardAt(scene: Scene, point: Point): Item | undefined {
  return scene.items.findLast((item) => contains(scene.box(item), point));
}

/** The nearest item in a direction, for the keyboard. */
export function neighbour(scene: Scene, item: Item, dx: number, dy: number): Item | undefined {
  const from = middleOf(scene.box(item));
  let best: Item | undefined;
  let least = Infinity;
  for (const other of scene.all) {
    const to = middleOf(scene.box(other));
    const along = (to.x - from.x) * dx + (to.y - from.y) * dy;
    const aside = Math.abs((to.x - from.x) * dy) + Math.abs((to.y - from.y) * dx);
    if (other === item || along <= 1 || aside > along * 2.5) continue;
    const distance = along + aside * 2;
    if (distance < least) [least, best] = [distance, other];
  }
  return best;
}

/** The item whose middle is nearest to an item's, of those that are wanted. */
export function nearest(scene: Scene, item: Item, wanted: (item: Item) => boolean): Item | undefined {
  const from = middleOf(scene.box(item));
  let best: Item | undefined;
  let least = Infinity;
  for (const other of scene.all) {
    if (other === item || !wanted(other)) continue;
    const to = middleOf(scene.box(other));
    const distance = Math.hypot(to.x - from.x, to.y - from.y);
    if (distance < least) [least, best] = [distance, other];
  }
  return best;
}

function contains({ x, y, width, height }: Box, point: Point): boolean {
  return point.x >= x && point.x <= x + width && point.y >= y && point.y <= y + height;
}
