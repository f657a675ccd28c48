import type { OpenNetwork } from './open-network.ts';
import { scaled } from './picture-features.ts';
import { planesOf, resizeBilinear, type Pixels } from './sample-pixels.ts';

/** numbers of a clip that FVD compares; frames that a clip has at least */
export const LOGITS = 400;
export const SHORTEST_CLIP = 10;
const SIDE = 224;

/**
 * A frame as StyleGAN-V's FVD shows it to I3D: the shorter side 224 by bilinear samples, the other rounded up, its
 * middle, RGB −1 … 1.
 *
 * @returns f32 [3, 224, 224]
 */
export function i3dFrame(picture: Pixels): Float32Array {
  const { width, height } = picture;
  const scale = SIDE / Math.min(width, height);
  const [w, h] = height < width ? [Math.ceil(width * scale), SIDE] : [SIDE, Math.ceil(height * scale)];
  const { data } = scaled(resizeBilinear(planesOf(picture), w, h));
  const [left, top] = [Math.floor((w - SIDE) / 2), Math.floor((h - SIDE) / 2)];
  const out = new Float32Array(3 * SIDE * SIDE);
  for (let c = 0; c < 3; c++)
    for (let y = 0; y < SIDE; y++) {
      const from = (c * h + top + y) * w + left;
      out.set(data.subarray(from, from + SIDE), (c * SIDE + y) * SIDE);
    }
  return out;
}

/**
 * I3D's logits of a clip.
 *
 * @param frames by `i3dFrame`, ten at least
 * @returns      f64 [400]
 */
export async function clipLogits(network: OpenNetwork, frames: readonly Float32Array[]): Promise<Float64Array> {
  const size = SIDE * SIDE;
  const data = new Float32Array(3 * frames.length * size);
  frames.forEach((frame, f) => {
    for (let c = 0; c < 3; c++) data.set(frame.subarray(c * size, (c + 1) * size), (c * frames.length + f) * size);
  });
  const [logits] = await network.run({ shape: [1, 3, frames.length, SIDE, SIDE], data });
  return Float64Array.from(logits);
}
