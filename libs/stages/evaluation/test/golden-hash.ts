/** [count] in 0 … 1, of whole-number arithmetic: the same as `hashed` of the generators in golden/. */
export function hashed(count: number, seed: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => {
    let x = (Math.imul(i, 2654435761) + Math.imul(seed, 40503)) >>> 0;
    x = Math.imul(x ^ (x >>> 15), 2246822519 % 2 ** 31) >>> 0;
    return (x % 65536) / 65535;
  });
}
