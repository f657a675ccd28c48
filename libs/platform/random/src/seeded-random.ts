/**
 * Uniform doubles in [0, 1) that repeat for a seed, by mulberry32 (Ettinger 2017). Its 32 bits of state are plenty for
 * the choices of a stage, and integer arithmetic alone makes the sequence exact on every machine. Not for secrets.
 *
 * @param seed an integer; taken modulo 2^32
 */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** f64 [length], standard normal by Box-Muller, repeating for a seed. */
export function seededNormals(length: number, seed: number): Float64Array {
  const random = seededRandom(seed);
  return Float64Array.from({ length }, () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));
}
