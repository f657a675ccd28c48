/** Adam (Kingma and Ba 2015) on one array, in place. */
export class Adam {
  readonly #values: Float32Array;
  readonly #first: Float32Array;
  readonly #second: Float32Array;
  #step = 0;

  constructor(values: Float32Array) {
    this.#values = values;
    this.#first = new Float32Array(values.length);
    this.#second = new Float32Array(values.length);
  }

  /** @param gradient same length or longer; what lies beyond is left alone */
  step(gradient: Float32Array, learningRate: number): void {
    this.#step++;
    const first = 1 - 0.9 ** this.#step;
    const second = 1 - 0.99 ** this.#step;
    for (let i = 0; i < this.#values.length; i++) {
      const g = gradient[i];
      this.#first[i] += 0.1 * (g - this.#first[i]);
      this.#second[i] += 0.01 * (g * g - this.#second[i]);
      this.#values[i] -= (learningRate * this.#first[i]) / first / (Math.sqrt(this.#second[i] / second) + 1e-10);
    }
  }
}
