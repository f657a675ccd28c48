import type { PictureFrame } from './mouth-frames.ts';

/**
 * Where the lower lip begins, as regions of a picture are divided (stage `canonical-gaussians`), read at the film's
 * size. `lipSeam`, which the puppet opens a mouth along, is the dark line above it.
 *
 * For each place across the mouth the steepest rise of brightness going down, from the dark
 * between the lips to the lip. What is dark or teeth in the picture stays above it, with the upper jaw.
 *
 * @param color f32 [H, W, 3] 0 … 1
 * @returns     u -> v, film pixels along the face's axes; level beyond the corners
 */
export function lowerLipEdge(
  color: Float32Array,
  width: number,
  height: number,
  frame: PictureFrame,
): (u: number) => number {
  const { origin: mouth, right, down, mouthHalfWidth, upperLipHeight, lowerLipHeight } = frame;
  const luma = (u: number, v: number): number => {
    const x = Math.min(width - 2, Math.max(0, mouth.x + u * right.x + v * down.x - 0.5));
    const y = Math.min(height - 2, Math.max(0, mouth.y + u * right.y + v * down.y - 0.5));
    const x0 = Math.floor(x);
    const y0 = Math.floor(y);
    const at = (px: number, py: number): number => {
      const i = (py * width + px) * 3;
      return 0.2126 * color[i] + 0.7152 * color[i + 1] + 0.0722 * color[i + 2];
    };
    const fx = x - x0;
    const fy = y - y0;
    return (
      (at(x0, y0) * (1 - fx) + at(x0 + 1, y0) * fx) * (1 - fy) +
      (at(x0, y0 + 1) * (1 - fx) + at(x0 + 1, y0 + 1) * fx) * fy
    );
  };
  const half = Math.max(2, Math.ceil(mouthHalfWidth * 0.9));
  const reach = Math.max(0.6, 0.06 * mouthHalfWidth);
  const found = Array.from({ length: 2 * half + 1 }, (_, k) => {
    const u = k - half;
    let best = 0;
    let steepest = 0.01;
    for (let v = -0.35 * upperLipHeight; v <= 0.6 * lowerLipHeight; v += 0.25) {
      // A rise near the line counts more: the lower edge of a bright lip is a rise too.
      const rise = (luma(u, v + reach) - luma(u, v - reach)) * (1 - 0.6 * Math.max(0, v / lowerLipHeight));
      if (rise > steepest) {
        steepest = rise;
        best = v;
      }
    }
    return best;
  });
  const radius = Math.max(1, Math.round(mouthHalfWidth / 5));
  const smooth = found.map((_, k) => {
    const near = found.slice(Math.max(0, k - radius), k + radius + 1).sort((a, b) => a - b);
    return near[Math.floor(near.length / 2)];
  });
  // Half a pixel up: the edge itself is already lip.
  return (u) => smooth[Math.min(2 * half, Math.max(0, Math.round(u) + half))] - 0.5;
}
