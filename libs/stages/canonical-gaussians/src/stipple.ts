/**
 * Points whose density follows a map, evenly spread, by serpentine error diffusion (Floyd and Steinberg 1976):
 * deterministic, and without the clumps of random draws.
 *
 * @param density f32 [H, W] points per pixel, 0 … 1
 * @returns       i32 [n] pixel indices y · W + x
 */
export function stipple(density: Float32Array, width: number, height: number): Int32Array {
  const carried = Float32Array.from(density);
  const points: number[] = [];
  for (let y = 0; y < height; y++) {
    const step = y % 2 === 0 ? 1 : -1;
    for (let k = 0; k < width; k++) {
      const x = step === 1 ? k : width - 1 - k;
      const i = y * width + x;
      if (density[i] === 0) continue;
      const value = carried[i];
      const chosen = value >= 0.5 ? 1 : 0;
      if (chosen) points.push(i);
      const error = value - chosen;
      const give = (px: number, py: number, share: number): void => {
        if (px >= 0 && px < width && py < height && density[py * width + px] > 0)
          carried[py * width + px] += error * share;
      };
      give(x + step, y, 7 / 16);
      give(x - step, y + 1, 3 / 16);
      give(x, y + 1, 5 / 16);
      give(x + step, y + 1, 1 / 16);
    }
  }
  return Int32Array.from(points);
}
