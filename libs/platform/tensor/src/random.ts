import { sizeOf, type Tensor } from './tensor.ts';

/**
 * Counter-based randomness: element `i` of a draw is a hash of (seed, path of the stream, i), so that values depend
 * neither on the device nor on the order of draws elsewhere. The hash is Philox4x32-10 (Salmon et al. 2011).
 */
export interface Rng {
  /** The stream of this name below this one. Use one for each parameter: order then does not matter. */
  fork(name: string): Rng;
  /** Standard normal values, f32 (Box-Muller). Repeated calls go on in the stream. */
  normal(shape: readonly number[]): Tensor;
  /** Uniform values in [0, 1), f32. */
  uniform(shape: readonly number[]): Tensor;
  /** Integers in [0, bound), i32. */
  integers(shape: readonly number[], bound: number): Tensor<Int32Array>;
}

/** A generator; the same seed gives the same values everywhere. */
export function createRng(seed: number | string): Rng {
  return stream(hashText(0x9e3779b9, 0x7f4a7c15, String(seed)));
}

function stream([k0, k1]: readonly [number, number]): Rng {
  let block = 0;
  /** `count` u32 values; each call starts at a new block of four. */
  const draw = (count: number): Uint32Array => {
    const values = new Uint32Array(Math.ceil(count / 4) * 4);
    for (let i = 0; i < values.length; i += 4) {
      philox(values, i, block >>> 0, Math.floor(block / 2 ** 32), 0, 0, k0, k1);
      block++;
    }
    return values;
  };
  return {
    fork: (name) => stream(hashText(k0, k1, name)),
    uniform(shape) {
      const bits = draw(sizeOf(shape));
      const data = new Float32Array(sizeOf(shape));
      for (let i = 0; i < data.length; i++) data[i] = (bits[i] >>> 8) / 2 ** 24;
      return { shape, data };
    },
    integers(shape, bound) {
      const bits = draw(sizeOf(shape));
      const data = new Int32Array(sizeOf(shape));
      for (let i = 0; i < data.length; i++) data[i] = Math.floor((bits[i] / 2 ** 32) * bound);
      return { shape, data };
    },
    normal(shape) {
      const size = sizeOf(shape);
      const bits = draw(size + (size % 2));
      const data = new Float32Array(size);
      for (let i = 0; i < size; i += 2) {
        const radius = Math.sqrt(-2 * Math.log((bits[i] + 1) / 2 ** 32));
        const angle = (2 * Math.PI * bits[i + 1]) / 2 ** 32;
        data[i] = radius * Math.cos(angle);
        if (i + 1 < size) data[i + 1] = radius * Math.sin(angle);
      }
      return { shape, data };
    },
  };
}

/** Write one block of Philox4x32-10 to `out` at `at`: four u32 from a 128-bit counter and a 64-bit key. */
function philox(
  out: Uint32Array,
  at: number,
  counter0: number,
  counter1: number,
  counter2: number,
  counter3: number,
  key0: number,
  key1: number,
): void {
  let c0 = counter0;
  let c1 = counter1;
  let c2 = counter2;
  let c3 = counter3;
  let k0 = key0;
  let k1 = key1;
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0xd2511f53, c0);
    const high1 = multiplyHigh(0xcd9e8d57, c2);
    const low0 = Math.imul(0xd2511f53, c0);
    const low1 = Math.imul(0xcd9e8d57, c2);
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1 >>> 0;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0 >>> 0;
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  out[at] = c0;
  out[at + 1] = c1;
  out[at + 2] = c2;
  out[at + 3] = c3;
}

/** One block by itself, for the known-answer test. */
export function philoxBlock(
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
): Uint32Array {
  const out = new Uint32Array(4);
  philox(out, 0, ...counter, ...key);
  return out;
}

/** The upper 32 bits of a product of two u32. */
function multiplyHigh(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  const carry = a0 * b1 + (middle & 0xffff);
  return (a1 * b1 + (middle >>> 16) + (carry >>> 16)) >>> 0;
}

/** A 64-bit key from a key and a name: two FNV-1a walks with different starts. */
function hashText(k0: number, k1: number, text: string): [number, number] {
  let a = (0x811c9dc5 ^ k0) >>> 0;
  let b = (0x01000193 ^ k1) >>> 0;
  for (const byte of new TextEncoder().encode(text)) {
    a = Math.imul(a ^ byte, 0x01000193) >>> 0;
    b = Math.imul(b ^ byte ^ 0xa5, 0x85ebca6b) >>> 0;
    b = (b ^ (b >>> 13)) >>> 0;
  }
  return [Math.imul(a ^ (a >>> 16), 0x7feb352d) >>> 0, Math.imul(b ^ (b >>> 15), 0x846ca68b) >>> 0];
}
