import { SvelteSet } from 'svelte/reactivity';
import type { Item } from '../document/items.ts';
import { overlap, type Box, type Point } from '../graph/box.ts';
import type { Layout } from '../graph/layout.svelte.ts';

/** Below this zoom the letters of a card cannot be read: all cards are painted as boxes with their names. */
export const FAR = 0.42;
/** How far out of sight, pixels of the view, a card is made, and from where on it is unmade. */
const MAKE_WITHIN = 80;
const UNMAKE_BEYOND = 480;
/** Cards that are made in one frame; the others are painted until their turn comes. */
const MADE_AT_ONCE = 4;

/** What of the graph is in sight, and which of its cards are made of elements. */
export class Viewport {
  readonly #layout: Layout;
  /** items whose cards are made of elements, since they are seen from near; all others are painted */
  readonly made = new SvelteSet<Item>();
  /** pan and zoom: a point of the canvas lies at `x + k * point.x` of the view */
  view = $state.raw({ x: 0, y: 0, k: 1 });
  /** size of the view, pixels */
  frame = $state.raw({ width: 0, height: 0 });
  readonly far: boolean = $derived(this.view.k < FAR);

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  /** What is seen, on the canvas. @param margin pixels of the view around it */
  seen(margin = 0): Box {
    const { x, y, k } = this.view;
    return {
      x: (-x - margin) / k,
      y: (-y - margin) / k,
      width: (this.frame.width + 2 * margin) / k,
      height: (this.frame.height + 2 * margin) / k,
    };
  }

  /**
   * Makes the cards that came into sight and unmakes those that are far out of it, a few at a time.
   *
   * @param keep is made even where it is not seen
   * @returns whether there are more to make
   */
  lookAround(keep: Item | undefined): boolean {
    const near = this.seen(MAKE_WITHIN);
    const about = this.seen(UNMAKE_BEYOND);
    for (const item of [...this.made])
      if (item !== keep && (this.far || !overlap(this.#layout.box(item), about))) this.made.delete(item);
    if (this.far) return false;
    const wanted = this.#layout.all.filter(
      (item) => !this.made.has(item) && (item === keep || overlap(this.#layout.box(item), near)),
    );
    for (const item of wanted.slice(0, MADE_AT_ONCE)) this.made.add(item);
    return wanted.length > MADE_AT_ONCE;
  }

  /** Where a point of the view lies on the canvas. */
  toCanvas({ x, y }: Point): Point {
    return { x: (x - this.view.x) / this.view.k, y: (y - this.view.y) / this.view.k };
  }

  /** Where a point of the canvas lies in the view. */
  toView({ x, y }: Point): Point {
    return { x: this.view.x + this.view.k * x, y: this.view.y + this.view.k * y };
  }

  /** The middle of what is seen. */
  centre(): Point {
    return this.toCanvas({ x: this.frame.width / 2, y: this.frame.height / 2 });
  }
}
