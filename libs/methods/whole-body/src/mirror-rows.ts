/** A map of rows, each in its opposite order: what was seen mirrored, turned back. f32 [height, width] */
export function mirrorRows(map: Float32Array, width: number): Float32Array {
  return map.map((_, i) => map[i - 2 * (i % width) + width - 1]);
}
