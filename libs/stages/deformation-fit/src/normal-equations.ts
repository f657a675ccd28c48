import type { ParticleNeighbours } from '@soliloquy/gaussian-cloud';

/** What `saveMatrix` keeps, pixels⁻²: f64 [P, 3] of the particles, f64 [pairs, 3] of the coupled pairs. */
export interface SavedMatrix {
  readonly diagonal: Float64Array;
  readonly blocks: Float64Array;
}

/**
 * (JᵀJ + springs + anchors) δ = −gradient for P particles that move in the image plane: symmetric positive definite,
 * sparse, solved by conjugate gradients. Units: pixels.
 */
export class NormalEquations {
  readonly particles: number;
  /** f64 [P, 2] */
  readonly gradient: Float64Array;
  readonly #diagonal: Float64Array;
  readonly #pairs: Map<number, number>;
  readonly #from: number[] = [];
  readonly #to: number[] = [];
  /** xx, xy, yy of each pair's block */
  #blocks = new Float64Array(0);

  /**
   * @param indices i32 [N, K] and neighbours: which particles are ever coupled through a Gaussian
   */
  constructor(particles: number, indices: Int32Array, weights: Float32Array, k: number, springs: ParticleNeighbours) {
    this.particles = particles;
    this.gradient = new Float64Array(particles * 2);
    this.#diagonal = new Float64Array(particles * 3);
    this.#pairs = new Map();
    const couple = (a: number, b: number): void => {
      if (a === b) return;
      const key = Math.min(a, b) * particles + Math.max(a, b);
      if (this.#pairs.has(key)) return;
      this.#pairs.set(key, this.#from.length);
      this.#from.push(Math.min(a, b));
      this.#to.push(Math.max(a, b));
    };
    for (let n = 0; n < indices.length; n += k)
      for (let i = 0; i < k; i++)
        for (let j = i + 1; j < k; j++)
          if (weights[n + i] !== 0 && weights[n + j] !== 0) couple(indices[n + i], indices[n + j]);
    for (let e = 0; e < springs.from.length; e++) couple(springs.from[e], springs.to[e]);
    this.#blocks = new Float64Array(this.#from.length * 3);
  }

  /** Where the block of a pair lies; the pair must have been coupled. */
  pair(a: number, b: number): number {
    return this.#pairs.get(Math.min(a, b) * this.particles + Math.max(a, b))!;
  }

  clear(): void {
    this.gradient.fill(0);
    this.#diagonal.fill(0);
    this.#blocks.fill(0);
  }

  /** The matrix as it is, to begin a later step from. */
  saveMatrix(): SavedMatrix {
    return { diagonal: this.#diagonal.slice(), blocks: this.#blocks.slice() };
  }

  /** Makes the matrix what it was; the gradient is left alone. */
  loadMatrix({ diagonal, blocks }: SavedMatrix): void {
    this.#diagonal.set(diagonal);
    this.#blocks.set(blocks);
  }

  addDiagonal(p: number, xx: number, xy: number, yy: number): void {
    this.#diagonal[p * 3] += xx;
    this.#diagonal[p * 3 + 1] += xy;
    this.#diagonal[p * 3 + 2] += yy;
  }

  addPair(pair: number, xx: number, xy: number, yy: number): void {
    this.#blocks[pair * 3] += xx;
    this.#blocks[pair * 3 + 1] += xy;
    this.#blocks[pair * 3 + 2] += yy;
  }

  /** @returns δ f64 [P, 2] */
  solve(iterations = 60, tolerance = 1e-4): Float64Array {
    const size = this.particles * 2;
    const delta = new Float64Array(size);
    const residual = Float64Array.from(this.gradient, (value) => -value);
    const z = this.#precondition(residual);
    const direction: Float64Array = Float64Array.from(z);
    const product = new Float64Array(size);
    let rz = dot(residual, z);
    const stop = rz * tolerance * tolerance;
    for (let step = 0; step < iterations && rz > stop && rz > 0; step++) {
      this.#multiply(direction, product);
      const alpha = rz / dot(direction, product);
      for (let i = 0; i < size; i++) {
        delta[i] += alpha * direction[i];
        residual[i] -= alpha * product[i];
      }
      this.#precondition(residual, z);
      const next = dot(residual, z);
      const beta = next / rz;
      rz = next;
      for (let i = 0; i < size; i++) direction[i] = z[i] + beta * direction[i];
    }
    return delta;
  }

  #multiply(v: Float64Array, out: Float64Array): void {
    for (let p = 0; p < this.particles; p++) {
      const d = p * 3;
      out[p * 2] = this.#diagonal[d] * v[p * 2] + this.#diagonal[d + 1] * v[p * 2 + 1];
      out[p * 2 + 1] = this.#diagonal[d + 1] * v[p * 2] + this.#diagonal[d + 2] * v[p * 2 + 1];
    }
    for (let e = 0; e < this.#from.length; e++) {
      const a = this.#from[e] * 2;
      const b = this.#to[e] * 2;
      const xx = this.#blocks[e * 3],
        xy = this.#blocks[e * 3 + 1],
        yy = this.#blocks[e * 3 + 2];
      out[a] += xx * v[b] + xy * v[b + 1];
      out[a + 1] += xy * v[b] + yy * v[b + 1];
      out[b] += xx * v[a] + xy * v[a + 1];
      out[b + 1] += xy * v[a] + yy * v[a + 1];
    }
  }

  /** Block Jacobi: the inverse of each particle's own 2x2. */
  #precondition(r: Float64Array, out: Float64Array = new Float64Array(r.length)): Float64Array {
    for (let p = 0; p < this.particles; p++) {
      const xx = this.#diagonal[p * 3],
        xy = this.#diagonal[p * 3 + 1],
        yy = this.#diagonal[p * 3 + 2];
      const det = xx * yy - xy * xy;
      out[p * 2] = (yy * r[p * 2] - xy * r[p * 2 + 1]) / det;
      out[p * 2 + 1] = (xx * r[p * 2 + 1] - xy * r[p * 2]) / det;
    }
    return out;
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
