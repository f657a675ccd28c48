import { partsOf, type Item } from '../document/items.ts';
import { GRID, type Box, type Point } from '../graph/box.ts';
import { COMMENT_SIZE } from '../graph/layout.svelte.ts';
import type { OpenGraph } from '../graph/open-graph.svelte.ts';
import type { Notices } from '../notices.svelte.ts';
import type { CanvasContext } from './canvas-context.svelte.ts';
import type { KeyAction } from './keys.ts';
import { nearest, neighbour } from './pick.ts';

/** What the canvas does for the keyboard beside editing. */
export interface Hands {
  addNode(): void;
  /** Brings the keyboard to the field on a comment or a group. */
  write(item: Item): void;
  /** The same for an item that is only now made, and brings it into view. */
  writeSoon(item: Item): void;
  inspect(): void;
  runTo(kind: 'to' | 'from', node: string): void;
  /** Brings keyboard and view to an item. */
  bringTo(item: Item): void;
  /** A place in view that nothing covers, for something of a size. */
  placeFor(width: number, height: number): Point;
  arrange(): void;
  /** Shows these, or everything. */
  fit(boxes?: readonly Box[]): void;
  zoomBy(factor: number): void;
  /** Takes away what is said on the canvas. */
  dismiss(): void;
}

/** Does what a key means. */
export function doKey(
  action: KeyAction,
  {
    canvas,
    open: { actions, layout, selection },
    notices,
    hands,
  }: {
    readonly canvas: CanvasContext;
    readonly open: OpenGraph;
    readonly notices: Notices;
    readonly hands: Hands;
  },
): void {
  const { lead, nodes } = selection;
  const kind = lead && partsOf(lead).kind;
  const toLead = (): void => {
    if (selection.lead !== undefined) hands.bringTo(selection.lead);
  };
  switch (action.kind) {
    case 'go': {
      const to = lead === undefined ? layout.items[0] : neighbour(layout, lead, action.dx, action.dy);
      if (to === undefined) return;
      if (action.extend) selection.add(to);
      else selection.only(to);
      hands.bringTo(to);
      return;
    }
    case 'nudge':
      actions.nudge(action.dx * GRID, action.dy * GRID);
      return;
    case 'add':
      hands.addNode();
      return;
    case 'connect':
      if (lead !== undefined && (kind === 'nodes' || kind === 'inputs')) canvas.openConnect(lead);
      return;
    case 'inspect':
      if (lead !== undefined && (kind === 'comments' || kind === 'groups')) hands.write(lead);
      else hands.inspect();
      return;
    case 'remove': {
      // the keyboard stays where it was working; a link or a frame takes nothing away from under it
      const next =
        lead === undefined || kind === 'edges' || kind === 'groups'
          ? undefined
          : nearest(layout, lead, (item) => !selection.has(item) && partsOf(item).kind !== 'comments');
      actions.remove();
      if (next !== undefined) canvas.focusItem(next);
      return;
    }
    case 'duplicate':
      actions.duplicate();
      toLead();
      return;
    case 'select-all':
      selection.only(...layout.all);
      notices.announce(`${layout.all.length} selected`);
      return;
    case 'deselect':
      selection.clear();
      hands.dismiss();
      return;
    case 'group':
      actions.group();
      return;
    case 'mute':
      actions.skip('mute');
      return;
    case 'bypass':
      actions.skip('bypass');
      return;
    case 'fit':
      hands.fit(selection.items.length > 1 ? selection.items.map((item) => layout.box(item)) : undefined);
      return;
    case 'zoom':
      hands.zoomBy(action.factor);
      return;
    case 'arrange':
      hands.arrange();
      return;
    case 'form':
      if (nodes.length > 0)
        notices.announce(
          `${layout.toggleForms(nodes) ? 'Parameters shown on' : 'Parameters hidden on'} ${nodes.join(', ')}`,
        );
      return;
    case 'comment':
      // what is typed next is its text
      hands.writeSoon(actions.addComment(hands.placeFor(...COMMENT_SIZE)));
      return;
    case 'run-to':
      if (nodes[0] !== undefined) hands.runTo(action.from ? 'from' : 'to', nodes[0]);
  }
}
