/**
 * Distance to the nearest pixel outside the matte, by two chamfer passes (Borgefors 1986, weights 1 and √2).
 *
 * @param inside [H, W] above 0.5 is inside; what lies beyond the picture counts as inside, for a person cut by the
 *   frame goes on there
 * @returns      f32 [H, W] pixels
 */
export function distanceToOutside(inside: Float32Array, width: number, height: number): Float32Array {
  const far = width + height;
  const distance = Float32Array.from(inside, (value) => (value > 0.5 ? far : 0));
  const diagonal = Math.SQRT2;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      let d = distance[i];
      if (x > 0) d = Math.min(d, distance[i - 1] + 1);
      if (y > 0) d = Math.min(d, distance[i - width] + 1);
      if (x > 0 && y > 0) d = Math.min(d, distance[i - width - 1] + diagonal);
      if (x < width - 1 && y > 0) d = Math.min(d, distance[i - width + 1] + diagonal);
      distance[i] = d;
    }
  }
  for (let y = height - 1; y >= 0; y--) {
    for (let x = width - 1; x >= 0; x--) {
      const i = y * width + x;
      let d = distance[i];
      if (x < width - 1) d = Math.min(d, distance[i + 1] + 1);
      if (y < height - 1) d = Math.min(d, distance[i + width] + 1);
      if (x < width - 1 && y < height - 1) d = Math.min(d, distance[i + width + 1] + diagonal);
      if (x > 0 && y < height - 1) d = Math.min(d, distance[i + width - 1] + diagonal);
      distance[i] = d;
    }
  }
  return distance;
}
