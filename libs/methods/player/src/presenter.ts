/** A frame that is drawn and waits for its time. */
interface Waiting {
  readonly frame: number;
  readonly bitmap: ImageBitmap;
  readonly opening: number;
}

/** What was shown at a moment. */
export interface Shown {
  readonly frame: number;
  /** how far the lips are apart, world */
  readonly opening: number;
  /** from the sound of the frame's middle to its picture. s, by the clock that is shown by */
  readonly latency: number;
}

/** Frames that fell due. */
export interface Tally {
  readonly due: number;
  readonly shown: number;
}

/** Margins that a delay is chosen by: those of the last frames. */
const MARGINS = 75;

/** Shows each frame while its sound is heard; what comes too late is not shown. */
export class Presenter {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #waiting: Waiting[] = [];
  #last = -1;
  #due = 0;
  #shown = 0;
  #margins: number[] = [];

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    this.#context = canvas.getContext('2d', { alpha: true }) as CanvasRenderingContext2D;
  }

  /** Another stretch of sound begins, with a frame 0 of its own. */
  reset(): void {
    for (const { bitmap } of this.#waiting.splice(0)) bitmap.close();
    this.#last = -1;
    this.#margins = [];
  }

  /** @param at number of the frame that is due, with fractions; undefined where none is */
  add(waiting: Waiting, at: number | undefined): void {
    this.#waiting.push(waiting);
    if (at === undefined) return;
    this.#margins.push(waiting.frame - at);
    if (this.#margins.length > MARGINS) this.#margins.shift();
  }

  /** By how many frames all but the slowest twentieth were early; undefined before it can be said. */
  get margin(): number | undefined {
    if (this.#margins.length < MARGINS) return undefined;
    return [...this.#margins].sort((a, b) => a - b)[Math.floor(0.05 * MARGINS)];
  }

  forgetMargins(): void {
    this.#margins = [];
  }

  /** @param at number of the frame that is due, with fractions @param fps frames a second */
  present(at: number, fps: number): Shown | undefined {
    const due = Math.floor(at);
    if (due > this.#last) {
      this.#due += due - this.#last;
      this.#last = due;
    }
    const count = this.#waiting.filter(({ frame }) => frame <= due).length;
    if (count === 0) return undefined;
    const ready = this.#waiting.splice(0, count);
    const newest = ready[count - 1];
    for (const { bitmap } of ready.slice(0, -1)) bitmap.close();
    this.draw(newest.bitmap);
    this.#shown++;
    return { frame: newest.frame, opening: newest.opening, latency: (at - newest.frame - 0.5) / fps };
  }

  draw(bitmap: ImageBitmap): void {
    const { width, height } = bitmap;
    if (this.#canvas.width !== width || this.#canvas.height !== height) Object.assign(this.#canvas, { width, height });
    else this.#context.clearRect(0, 0, width, height);
    this.#context.drawImage(bitmap, 0, 0);
    bitmap.close();
  }

  /** Frames since the last time that this was asked. */
  takeTally(): Tally {
    const tally = { due: this.#due, shown: this.#shown };
    [this.#due, this.#shown] = [0, 0];
    return tally;
  }
}
