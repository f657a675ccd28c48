export const MODES = ['side', 'wipe', 'flip', 'difference'] as const;
export type Mode = (typeof MODES)[number];

/** A part of a picture, in shares of its width and height. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const NEAREST = 32;

/** How two pictures are looked at: one zoom and one place for both. */
export class PixelView {
  mode = $state<Mode>('side');
  /** 1: all of the picture */
  zoom = $state(1);
  /** of the view's left upper corner in the picture, in shares of its width and height */
  x = $state(0);
  y = $state(0);
  /** share of the width up to which A is seen */
  wipe = $state(0.5);
  /** factor on |A − B| */
  gain = $state(4);
  /** B is seen in the place of A */
  flipped = $state(false);

  /** For the style of each picture; its origin is its left upper corner. */
  readonly transform: string = $derived(
    `scale(${this.zoom}) translate(${(-this.x * 100).toFixed(4)}%, ${(-this.y * 100).toFixed(4)}%)`,
  );

  /** @param at the place of the view that stays where it is, in shares of the view */
  zoomBy(factor: number, at: { readonly x: number; readonly y: number } = { x: 0.5, y: 0.5 }): void {
    const zoom = Math.min(NEAREST, Math.max(1, this.zoom * factor));
    this.#look(zoom, this.x + at.x / this.zoom - at.x / zoom, this.y + at.y / this.zoom - at.y / zoom);
  }

  /** @param by how far the picture goes, in shares of the view */
  pan(by: { readonly x: number; readonly y: number }): void {
    this.#look(this.zoom, this.x - by.x / this.zoom, this.y - by.y / this.zoom);
  }

  /** All of a part is seen, in the middle. */
  show(box: Box): void {
    const zoom = Math.min(NEAREST, Math.max(1, Math.min(1 / box.width, 1 / box.height)));
    this.#look(zoom, box.x + box.width / 2 - 0.5 / zoom, box.y + box.height / 2 - 0.5 / zoom);
  }

  whole(): void {
    this.#look(1, 0, 0);
  }

  /** Nothing beside the picture is looked at. */
  #look(zoom: number, x: number, y: number): void {
    this.zoom = zoom;
    this.x = Math.min(1 - 1 / zoom, Math.max(0, x));
    this.y = Math.min(1 - 1 / zoom, Math.max(0, y));
  }
}
