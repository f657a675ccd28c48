import { overlap, type Box, type Point } from '../graph/box.ts';
import type { OpenGraph } from '../graph/open-graph.svelte.ts';
import { followPointer } from './follow-pointer.ts';
import type { Viewport } from './viewport.svelte.ts';

/** What a frame that is drawn needs of the canvas. */
export interface FrameParts {
  readonly open: OpenGraph;
  readonly viewport: Viewport;
  /** where an event is in the view */
  inView(event: MouseEvent): Point;
  /** shows the frame, pixels of the view, or takes it away */
  show(frame: Box | undefined): void;
  done(): void;
}

/** Selects, beside what is selected, all that lies in a frame from where the pointer is pressed to where it goes. */
export function selectInFrame(event: PointerEvent, { open, viewport, inView, show, done }: FrameParts): void {
  const { layout, selection } = open;
  const start = inView(event);
  const before = selection.items;
  followPointer({
    move(now) {
      const end = inView(now);
      const frame = {
        x: Math.min(start.x, end.x),
        y: Math.min(start.y, end.y),
        width: Math.abs(end.x - start.x),
        height: Math.abs(end.y - start.y),
      };
      show(frame);
      const { k } = viewport.view;
      const inside = { ...viewport.toCanvas(frame), width: frame.width / k, height: frame.height / k };
      selection.only(...new Set([...before, ...layout.all.filter((item) => overlap(layout.box(item), inside))]));
    },
    up() {
      show(undefined);
      done();
    },
  });
}
