import type { Blinks } from '@soliloquy/motion-transformer';
import { REGIONS } from '@soliloquy/ports/gaussians';
import type { Rng } from '@soliloquy/tensor/random';

/** Of the mean interval: when the first blink comes, and how far apart two are. */
const FIRST = [0.25, 0.75] as const;
const INTERVAL = [0.5, 1.5] as const;

/** A blink that is to come. */
export interface DrawnBlink {
  /** of its middle, seconds */
  readonly time: number;
  /** f32 [frames, L, 3] world, one of the examples */
  readonly shift: Float32Array;
}

/** The particles of the lids, by the region of each particle. */
export function lidsOf(regions: ArrayLike<number>): number[] {
  return Array.from(regions).flatMap((region, p) =>
    REGIONS[region].name === 'leftEyelid' || REGIONS[region].name === 'rightEyelid' ? [p] : [],
  );
}

/**
 * When somebody blinks, without an end: as often as in the clips, each time like one of theirs. No voice says it, so it
 * is drawn: the intervals are even between half and one and a half times the clips' mean.
 */
export function* drawBlinks({ examples, interval }: Blinks, rng: Rng): Generator<DrawnBlink, never> {
  const draw = (): number => rng.uniform([1]).data[0];
  const between = ([low, high]: readonly [number, number]): number => interval * (low + (high - low) * draw());
  for (let time = between(FIRST); ; time += between(INTERVAL))
    yield { time, shift: examples[Math.min(examples.length - 1, Math.floor(draw() * examples.length))] };
}

/** Blinks for motion that comes in pieces. */
export class BlinkStream {
  readonly #drawn: Generator<DrawnBlink, never>;
  readonly #lids: readonly number[];
  readonly #particles: number;
  readonly #fps: number;
  readonly #reach: number;
  /** those that are not over */
  #near: { readonly middle: number; readonly shift: Float32Array }[] = [];
  #next: DrawnBlink;
  #frames = 0;

  /**
   * @param regions [P] index of each particle's region
   * @param fps     frames a second
   */
  constructor(
    blinks: Blinks,
    { regions, fps }: { readonly regions: ArrayLike<number>; readonly fps: number },
    rng: Rng,
  ) {
    this.#drawn = drawBlinks(blinks, rng);
    this.#next = this.#drawn.next().value;
    this.#lids = lidsOf(regions);
    this.#particles = regions.length;
    this.#fps = fps;
    this.#reach = (blinks.frames - 1) / 2;
  }

  /** @param translations f32 [F, P, 3] world, of the frames that follow; the lids change */
  add(translations: Float32Array): void {
    const frames = translations.length / (this.#particles * 3);
    const end = this.#frames + frames;
    for (; Math.floor(this.#next.time * this.#fps) - this.#reach < end; this.#next = this.#drawn.next().value)
      this.#near.push({ middle: Math.floor(this.#next.time * this.#fps), shift: this.#next.shift });
    for (const { middle, shift } of this.#near) {
      const first = Math.max(0, this.#frames - (middle - this.#reach));
      const last = Math.min(2 * this.#reach, end - 1 - (middle - this.#reach));
      for (let k = first; k <= last; k++) this.#move(translations, middle - this.#reach + k - this.#frames, shift, k);
    }
    this.#frames = end;
    this.#near = this.#near.filter(({ middle }) => middle + this.#reach >= end);
  }

  #move(translations: Float32Array, frame: number, shift: Float32Array, k: number): void {
    this.#lids.forEach((p, i) => {
      for (let axis = 0; axis < 3; axis++)
        translations[(frame * this.#particles + p) * 3 + axis] += shift[(k * this.#lids.length + i) * 3 + axis];
    });
  }
}
