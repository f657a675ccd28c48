/** −1 … 1, of whole-number arithmetic: always the same for an index. */
export function softNoise(index: number): number {
  let x = Math.imul(index + 1, 0x9e3779b9);
  x = Math.imul(x ^ (x >>> 15), 0x85ebca6b);
  return ((x ^ (x >>> 13)) >>> 0) / 2 ** 31 - 1;
}

/** A patterned sheet that is moved by some pixels: u8 [side, side, 4]. */
export function movedPixels(side: number, [dx, dy]: readonly [number, number]): Uint8ClampedArray {
  const out = new Uint8ClampedArray(4 * side * side).fill(255);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const [u, v] = [x - dx, y - dy];
      for (let c = 0; c < 3; c++)
        out[4 * (y * side + x) + c] =
          128 + 45 * Math.sin(u / (3 + c)) + 40 * Math.sin(v / 4 + u / 9) + 30 * Math.sin((u - v) / 2.5);
    }
  return out;
}
