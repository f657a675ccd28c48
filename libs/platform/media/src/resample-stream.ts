import { resamplingFilter, type ResamplingFilter } from './resample.ts';

export { resample } from './resample.ts';

/**
 * `resample` for a sound that goes on: the same samples, each as soon as all that it is made of is there (48 samples
 * of the lower rate after its time). Needs nothing of Node.
 */
export class ResampleStream {
  readonly #filter: ResamplingFilter | undefined;
  /** the sound from `#first` on */
  #samples = new Float32Array(0);
  #first = 0;
  #made = 0;

  /** @param from Hz, whole @param to Hz, whole */
  constructor(from: number, to: number) {
    this.#filter = from === to ? undefined : resamplingFilter(from, to);
  }

  /** @param samples what follows @returns what of the other rate is new */
  push(samples: Float32Array): Float32Array {
    if (this.#filter === undefined) return samples;
    const { half, at } = this.#filter;
    const all = new Float32Array(this.#samples.length + samples.length);
    all.set(this.#samples);
    all.set(samples, this.#samples.length);
    const heard = this.#first + all.length;
    const out: number[] = [];
    let { centre, taps } = at(this.#made);
    while (centre + half < heard) {
      const from = centre - half + 1 - this.#first;
      let sum = 0;
      for (let k = Math.max(0, -from); k < taps.length; k++) sum += taps[k] * all[from + k];
      out.push(sum);
      ({ centre, taps } = at(++this.#made));
    }
    const kept = Math.min(all.length, Math.max(0, centre - half + 1 - this.#first));
    this.#samples = all.slice(kept);
    this.#first += kept;
    return Float32Array.from(out);
  }
}
