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

/** What a key works on. */
interface Keyed {
  readonly canvas: CanvasContext;
  readonly open: OpenGraph;
  readonly notices: Notices;
  readonly hands: Hands;
}

/** Does what a key means. */
export function doKey(action: KeyAction, keyed: Keyed): void {
  const { open, notices, hands } = keyed;
  const { actions, layout, selection } = open;
  switch (action.kind) {
    case 'go':
      return go(action, keyed);
    case 'nudge':
      return actions.nudge(action.dx * GRID, action.dy * GRID);
    case 'add':
      return hands.addNode();
    case 'connect':
      return connectLead(keyed);
    case 'inspect':
      return editLead(keyed);
    case 'remove':
      return remove(keyed);
    case 'duplicate':
      actions.duplicate();
      if (selection.lead !== undefined) hands.bringTo(selection.lead);
      return;
    case 'select-all':
      selection.only(...layout.all);
      return notices.announce(`${layout.all.length} selected`);
    case 'deselect':
      selection.clear();
      return hands.dismiss();
    case 'group':
      return actions.group();
    case 'mute':
    case 'bypass':
      return actions.skip(action.kind);
    case 'fit':
      return hands.fit(selection.items.length > 0 ? selection.items.map((item) => layout.box(item)) : undefined);
    case 'zoom':
      return hands.zoomBy(action.factor);
    case 'arrange':
      return hands.arrange();
    case 'form':
      // from afar there is no card to show it on
      if (keyed.canvas.viewport.far && selection.items.length > 0)
        hands.fit(selection.items.map((item) => layout.box(item)));
      return toggleForms(keyed);
    case 'comment':
      // what is typed next is its text
      return hands.writeSoon(actions.addComment(hands.placeFor(...COMMENT_SIZE)));
    case 'run-to': {
      const [node] = selection.nodes;
      if (node !== undefined) hands.runTo(action.from ? 'from' : 'to', node);
    }
  }
}

/** To the neighbour of the item that leads, or to the first item where none does. */
function go(
  { dx, dy, extend }: Extract<KeyAction, { kind: 'go' }>,
  { open: { layout, selection }, hands }: Keyed,
): void {
  const { lead } = selection;
  const to = lead === undefined ? layout.items[0] : neighbour(layout, lead, dx, dy);
  if (to === undefined) return;
  if (extend) selection.add(to);
  else selection.only(to);
  hands.bringTo(to);
}

function connectLead({ canvas, open: { selection } }: Keyed): void {
  const { lead } = selection;
  if (lead !== undefined && ['nodes', 'inputs'].includes(partsOf(lead).kind)) canvas.openConnect(lead);
}

/** Comments and groups are edited where they lie, all else in its form. */
function editLead({ open: { selection }, hands }: Keyed): void {
  const { lead } = selection;
  if (lead !== undefined && ['comments', 'groups'].includes(partsOf(lead).kind)) hands.write(lead);
  else hands.inspect();
}

/** The keyboard stays where it was working; a link or a frame takes nothing away from under it. */
function remove({ canvas, open: { actions, layout, selection } }: Keyed): void {
  const { lead } = selection;
  const next =
    lead === undefined || ['edges', 'groups'].includes(partsOf(lead).kind)
      ? undefined
      : nearest(layout, lead, (item) => !selection.has(item) && partsOf(item).kind !== 'comments');
  actions.remove();
  if (next !== undefined) canvas.focusItem(next);
}

function toggleForms({ open: { layout, selection }, notices }: Keyed): void {
  const { nodes } = selection;
  if (nodes.length === 0) return;
  const shown = layout.toggleForms(nodes) ? 'shown' : 'hidden';
  notices.announce(`Parameters ${shown} on ${nodes.join(', ')}`);
}
