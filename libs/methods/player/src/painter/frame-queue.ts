import type { PersonFrame } from '@soliloquy/motion-stream';

/** What is due: frame `frame` at `time` (ms), going on at `fps`. */
export interface DueClock {
  readonly frame: number;
  readonly time: number;
  readonly fps: number;
}

/** Drawn frames wait for their time; more than so many before it are not drawn ahead. */
const AHEAD = 6;
/** A clock that nobody set for so long stands: the page sleeps, and would get all the pictures when it wakes. ms */
const CLOCK_LASTS = 1000;
/** More do not wait. */
const MOST_WAITING = 100;

/**
 * Frames that are to be drawn. What cannot be ready when it is due is left out, so that the next one can: a picture is
 * late by no more than drawing takes.
 */
export class FrameQueue {
  #frames: PersonFrame[] = [];
  #clock: DueClock | undefined;
  /** how long drawing takes, a running mean. ms */
  #drawMs = 20;
  #stretch = 0;

  /** @param stretch of the sound that they are for; those of another one are not drawn any more */
  add(frames: readonly PersonFrame[], stretch = 0): void {
    if (stretch !== this.#stretch) this.#frames = [];
    this.#stretch = stretch;
    this.#frames.push(...frames);
    this.#frames.splice(0, this.#frames.length - MOST_WAITING);
  }

  get stretch(): number {
    return this.#stretch;
  }

  set clock(clock: DueClock) {
    this.#clock = clock;
  }

  /** @param milliseconds that the last one took */
  drew(milliseconds: number): void {
    this.#drawMs += 0.1 * (milliseconds - this.#drawMs);
  }

  /** how long drawing takes. ms */
  get drawMs(): number {
    return this.#drawMs;
  }

  /**
   * @param now ms
   * @returns   the next frame to draw, or for how long none is to be drawn, ms; undefined: until one is added
   */
  next(now: number): PersonFrame | number | undefined {
    if (this.#frames.length === 0) return undefined;
    const clock = this.#clock;
    if (clock === undefined || clock.fps === 0 || now - clock.time > CLOCK_LASTS) return 40;
    const at = (ms: number): number => clock.frame + ((ms - clock.time) * clock.fps) / 1000;
    const first = this.#frames[0].frame - AHEAD;
    if (first > at(now)) return Math.max(1, ((first - at(now)) * 1000) / clock.fps);
    // A frame is shown until the next one is due: one that is ready in its own time still counts.
    const ready = Math.floor(at(now + this.#drawMs));
    const index = this.#frames.findIndex(({ frame }) => frame >= ready);
    const chosen = index < 0 ? this.#frames.length - 1 : index;
    const [frame] = this.#frames.splice(0, chosen + 1).slice(-1);
    return frame;
  }
}
