/** Of what is left after a step over what was left before it, along the step: outside of this a ratio is noise. */
const RATIO = { least: -1.5, most: 0.3 } as const;
const SHARE = { least: 0.35, most: 2 } as const;
/** pixels; steps as short as this say nothing of each other */
const SHORT = 1e-3;

/**
 * How much of its Gauss-Newton step each particle takes. The structure tensor stands for JᵀJ and is wrong by a factor
 * of up to two where Gaussians hide each other: lips and fingers then swing from side to side of where they belong, and
 * a sleeve creeps. Two steps on one problem tell the factor, by Aitken's Δ² for vectors (Irons and Tuck 1969): if what
 * is left falls from d to ρ d, the share becomes ω / (1 − ρ). It belongs to the particle and is kept from frame to
 * frame.
 */
export class Relaxation {
  readonly #share: Float64Array;
  readonly #before: Float64Array;
  #first = true;

  /** @param particles P */
  constructor(particles: number) {
    this.#share = new Float64Array(particles).fill(1);
    this.#before = new Float64Array(particles * 2);
  }

  /** Another problem follows: its first step is not compared with the last one of this. */
  begin(): void {
    this.#first = true;
  }

  /**
   * Shortens or lengthens a step, in place.
   *
   * @param delta f64 [P, 2] pixels
   */
  relax(delta: Float64Array): void {
    const [share, before] = [this.#share, this.#before];
    for (let p = 0; p < share.length; p++) {
      const [x, y] = [p * 2, p * 2 + 1];
      const square = before[x] ** 2 + before[y] ** 2;
      if (!this.#first && square > SHORT ** 2) {
        const left = (delta[x] * before[x] + delta[y] * before[y]) / square;
        const ratio = Math.min(RATIO.most, Math.max(RATIO.least, left));
        share[p] = Math.min(SHARE.most, Math.max(SHARE.least, share[p] / (1 - ratio)));
      }
      before[x] = delta[x];
      before[y] = delta[y];
      delta[x] *= share[p];
      delta[y] *= share[p];
    }
    this.#first = false;
  }
}
