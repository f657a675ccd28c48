/** Pixels of width and height. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Longer than this to draw a frame, and 25 a second do not come: smaller pictures do. ms */
const SLOW_MS = 36;
/** Frames that a mean is taken over before it decides. */
const FRAMES = 25;
/** Of width and height, from one size to the next. */
const STEP = 0.75;
/** No side is made smaller. pixels */
const LEAST = 128;

/** How large to draw where nobody says: as the background, or smaller where that takes too long. */
export class SizeChoice {
  #current: Size;
  #sum = 0;
  #count = 0;

  /** @param largest pixels of the background */
  constructor(largest: Size) {
    this.#current = { width: even(largest.width), height: even(largest.height) };
  }

  get current(): Size {
    return this.#current;
  }

  /** @param milliseconds that the last frame took */
  drew(milliseconds: number): void {
    this.#sum += milliseconds;
    if (++this.#count < FRAMES) return;
    const { width, height } = this.#current;
    if (this.#sum / this.#count > SLOW_MS && Math.min(width, height) * STEP >= LEAST)
      this.#current = { width: even(width * STEP), height: even(height * STEP) };
    [this.#sum, this.#count] = [0, 0];
  }
}

function even(pixels: number): number {
  return Math.max(2, 2 * Math.round(pixels / 2));
}
