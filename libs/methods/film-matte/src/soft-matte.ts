import type { Image } from '@soliloquy/media';
import { guidedModel, lumaPlane, scalePlane, shrinkImage, type Plane } from '@soliloquy/planes';

/** Longer side at which the local model is fitted, pixels. */
const FITTED = 320;
/** Pixels of that over which an edge may be soft, and the variance of brightness that counts as no edge. */
const [RADIUS, NOISE] = [4, 1e-3];

/**
 * A coarse mask becomes a matte of the frame's size that follows the frame's own edges: a guided filter (He, Sun and
 * Tang 2010) fitted at reduced size and applied at the frame's own.
 *
 * @param mask f32 of any size, 0 … 1, over the whole frame
 * @returns    u8 [height, width] 0 … 255
 */
export function softMatte(frame: Image, mask: Plane): Uint8ClampedArray {
  const { width, height } = frame;
  const scale = Math.min(1, FITTED / Math.max(width, height));
  const side = (length: number): number => Math.max(8, Math.round(length * scale));
  const guide = lumaPlane(shrinkImage(frame, side(width), side(height)));
  const { slope, offset } = guidedModel(guide, scalePlane(mask, guide.width, guide.height), RADIUS, NOISE);
  const [a, b] = [scalePlane(slope, width, height), scalePlane(offset, width, height)];
  const luma = lumaPlane(frame);
  // Ends are flattened: what a filter leaves of far edges would be a veil over the background.
  return Uint8ClampedArray.from(luma.data, (value, i) => {
    const t = Math.min(1, Math.max(0, (a.data[i] * value + b.data[i] - LOW) / (HIGH - LOW)));
    return 255 * t;
  });
}

const [LOW, HIGH] = [0.15, 0.85];
