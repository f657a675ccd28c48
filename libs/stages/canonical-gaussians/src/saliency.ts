import { toFace, type PictureFrame } from '@soliloquy/face';

/** What is looked at. */
export interface SalientPicture {
  readonly width: number;
  readonly height: number;
  /** f32 [H, W, 3] 0 … 1 */
  readonly color: Float32Array;
  /** f32 [H, W] 0 … 1 */
  readonly matte: Float32Array;
  readonly frame: PictureFrame;
}

/**
 * How many Gaussians each pixel deserves: more where the picture has edges, in the face, and most at mouth, eyes and
 * hands (AudioAvatar samples densely there).
 *
 * @param wanted.count       Gaussians in all
 * @param wanted.faceDensity how much denser the face is than the clothes
 * @returns f32 [H, W] Gaussians per pixel, at most 0.9, summing to about `count`
 */
export function saliency(
  { width, height, color, matte, frame }: SalientPicture,
  wanted: { readonly count: number; readonly faceDensity: number },
): Float32Array {
  const { count, faceDensity } = wanted;
  const weight = new Float32Array(width * height);
  const luma = new Float32Array(width * height);
  for (let i = 0; i < luma.length; i++)
    luma[i] = 0.2126 * color[i * 3] + 0.7152 * color[i * 3 + 1] + 0.0722 * color[i * 3 + 2];
  const d = frame.eyeDistance;
  const eyeV = toFace(frame, frame.eyes.x, frame.eyes.y).v;
  const handPoints = (['leftHand', 'rightHand'] as const)
    .map((name) => frame.point(name))
    .filter((p) => p !== undefined);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      if (matte[i] < 0.35) continue;
      const gx = luma[y * width + Math.min(width - 1, x + 1)] - luma[y * width + Math.max(0, x - 1)];
      const gy = luma[Math.min(height - 1, y + 1) * width + x] - luma[Math.max(0, y - 1) * width + x];
      const edge = Math.hypot(gx, gy) / 2;
      const { u, v } = toFace(frame, x + 0.5, y + 0.5);
      const face = (u / (1.25 * d)) ** 2 + ((v - 0.45 * eyeV) / (1.7 * d)) ** 2 < 1;
      const mouth = (u / (frame.mouthHalfWidth * 1.4)) ** 2 + (v / (0.45 * d)) ** 2 < 1;
      const eyes = ((Math.abs(u) - d / 2) / (0.4 * d)) ** 2 + ((v - eyeV) / (0.3 * d)) ** 2 < 1;
      const hand = handPoints.some((p) => Math.hypot(x - p.x, y - p.y) < 1.2 * d);
      const place = mouth || eyes ? faceDensity * 2 : face ? faceDensity : hand ? 2 : 1;
      weight[i] = place * (0.35 + Math.min(1, edge * 14));
    }
  }
  // Clamped pixels leave their surplus to the others: a few rounds settle it.
  let scale = 0;
  for (let round = 0; round < 6; round++) {
    let free = 0;
    let full = 0;
    for (const w of weight) {
      if (w * scale >= 0.9) full += 0.9;
      else free += w;
    }
    scale = Math.max(0, count - full) / Math.max(free, 1e-9);
  }
  return weight.map((w) => Math.min(0.9, w * scale));
}
