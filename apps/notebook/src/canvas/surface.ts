import { NodeEditor, type BaseSchemes } from 'rete';
import { AreaPlugin, Drag, Zoom, type Area2D } from 'rete-area-plugin';
import type { Item } from '../document/items.ts';
import { boxAround, type Box, type Point } from '../graph/box.ts';

interface Schemes extends BaseSchemes {
  Node: { id: Item };
  Connection: { id: string; source: Item; target: Item };
}

/** Pan and zoom: a point of the canvas lies at `x + k * point.x` of the view. */
export interface View extends Point {
  readonly k: number;
}

/** What the surface tells. */
export interface SurfaceListener {
  /** Puts what an item looks like into its element; returns what takes it out. */
  mount(item: Item, element: HTMLElement): () => void;
  viewed(view: View): void;
  picked(item: Item): void;
  moved(item: Item, place: Point): void;
  dropped(item: Item): void;
}

const LEAST_ZOOM = 0.08;
/** All of a graph is seen at once, however large it is. */
const LEAST_FIT = 0.02;
const MOST_ZOOM = 2;
const FIT_MARGIN = 56;

/** Double click on the canvas opens the palette: it must not zoom too. */
class WheelZoom extends Zoom {
  constructor() {
    super(0.1);
    Object.assign(this, { dblclick: () => undefined });
  }
}

/** The left button pans where nothing lies, the middle one pans over cards too: a card is dragged by the left alone. */
function panning(): Drag {
  return new Drag({
    down: ({ pointerType, button }) => pointerType !== 'mouse' || button === 0 || button === 1,
    move: () => true,
  });
}

/**
 * The plane on which nodes lie: Rete's area, which pans, zooms and drags. It holds no truth: items and places are told
 * to it (`keep`, `place`), and what the hand does with them is told back.
 */
export class Surface {
  readonly #editor = new NodeEditor<Schemes>();
  readonly #area: AreaPlugin<Schemes>;
  readonly #unmount = new Map<HTMLElement, () => void>();
  readonly container: HTMLElement;
  /** the editor adds and removes a moment later than it is told to */
  readonly #kept = new Set<Item>();
  /** it is told how to look, by no hand */
  #told = false;
  #settled: ReturnType<typeof setTimeout> | undefined;

  constructor(container: HTMLElement, listener: SurfaceListener) {
    this.container = container;
    this.#area = new AreaPlugin<Schemes>(container);
    this.#area.area.setZoomHandler(new WheelZoom());
    this.#area.area.setDragHandler(panning());
    this.#editor.use(this.#area);
    this.#area.addPipe((signal) => this.#heard(signal, listener));
    this.#area.area.content.holder.classList.add('surface');
  }

  /** Where layers of one's own go: it pans and zooms with the nodes. */
  get holder(): HTMLElement {
    return this.#area.area.content.holder;
  }

  get view(): View {
    const { x, y, k } = this.#area.area.transform;
    return { x, y, k };
  }

  /** Shows these items and no others. */
  keep(items: readonly Item[]): void {
    const wanted = new Set(items);
    for (const item of this.#kept) {
      if (wanted.has(item)) continue;
      this.#kept.delete(item);
      void this.#editor.removeNode(item);
    }
    for (const item of items) {
      if (this.#kept.has(item)) continue;
      this.#kept.add(item);
      void this.#editor.addNode({ id: item });
    }
  }

  place(item: Item, { x, y }: Point): void {
    const view = this.#area.nodeViews.get(item);
    if (view !== undefined && (view.position.x !== x || view.position.y !== y)) void view.translate(x, y);
  }

  async look(view: View): Promise<void> {
    this.#told = true;
    await this.#area.area.zoom(view.k, 0, 0);
    this.#told = false;
    await this.#area.area.translate(view.x, view.y);
  }

  /** Zooms by a factor about the middle of the view. */
  zoomBy(factor: number): void {
    const { x, y, k } = this.view;
    const next = Math.min(MOST_ZOOM, Math.max(LEAST_ZOOM, k * factor));
    const { clientWidth, clientHeight } = this.container;
    const ratio = next / k;
    void this.look({
      k: next,
      x: clientWidth / 2 - (clientWidth / 2 - x) * ratio,
      y: clientHeight / 2 - (clientHeight / 2 - y) * ratio,
    });
  }

  /** Shows all of some boxes, no larger than life. */
  fit(boxes: readonly Box[]): void {
    const around = boxAround(boxes);
    const { clientWidth, clientHeight } = this.container;
    if (around === undefined || clientWidth === 0) return;
    const k = Math.max(
      LEAST_FIT,
      Math.min(1, (clientWidth - FIT_MARGIN) / around.width, (clientHeight - FIT_MARGIN) / around.height),
    );
    void this.look({
      k,
      x: clientWidth / 2 - (around.x + around.width / 2) * k,
      y: clientHeight / 2 - (around.y + around.height / 2) * k,
    });
  }

  /** Pans just far enough that a box is seen, beside the tools that lie over the lower edge. */
  reveal(box: Box, margin = 24, below = 64): void {
    const { x, y, k } = this.view;
    const { clientWidth, clientHeight } = this.container;
    const left = box.x * k + x;
    const top = box.y * k + y;
    const right = left + box.width * k;
    const bottom = top + box.height * k;
    const dx =
      left < margin
        ? margin - left
        : right > clientWidth - margin
          ? Math.max(clientWidth - margin - right, margin - left)
          : 0;
    const dy =
      top < margin
        ? margin - top
        : bottom > clientHeight - below
          ? Math.max(clientHeight - below - bottom, margin - top)
          : 0;
    if (dx !== 0 || dy !== 0) void this.#area.area.translate(x + dx, y + dy);
  }

  destroy(): void {
    for (const unmount of this.#unmount.values()) unmount();
    this.#unmount.clear();
    this.#area.destroy();
  }

  #heard<T>(signal: T | Area2D<Schemes>, listener: SurfaceListener): T | Area2D<Schemes> | undefined {
    if (signal === null || typeof signal !== 'object' || !('type' in signal)) return signal;
    const event = signal as Area2D<Schemes>;
    switch (event.type) {
      case 'render':
        if (event.data.type === 'node' && !this.#unmount.has(event.data.element))
          this.#unmount.set(
            event.data.element,
            listener.mount((event.data.payload as Schemes['Node']).id, event.data.element),
          );
        return signal;
      case 'unmount':
        this.#unmount.get(event.data.element)?.();
        this.#unmount.delete(event.data.element);
        return signal;
      case 'zoom':
        return (!this.#told && event.data.zoom < Math.min(LEAST_ZOOM, this.view.k)) || event.data.zoom > MOST_ZOOM
          ? undefined
          : signal;
      case 'translated':
      case 'zoomed':
        this.#moving();
        listener.viewed(this.view);
        return signal;
      case 'nodepicked':
        listener.picked(event.data.id as Item);
        return signal;
      case 'nodetranslated':
        listener.moved(event.data.id as Item, event.data.position);
        return signal;
      case 'nodedragged':
        listener.dropped(event.data.id as Item);
        return signal;
      default:
        return signal;
    }
  }

  /** While it moves, the browser shifts what is painted instead of painting anew. */
  #moving(): void {
    this.container.classList.add('moving');
    clearTimeout(this.#settled);
    this.#settled = setTimeout(() => this.container.classList.remove('moving'), 180);
  }
}
