import type { Image } from '@soliloquy/media';
import { boxMean, guidedModel, lumaPlane, scalePlane, shrinkImage, type Plane } from '@soliloquy/planes';

/** Longer side at which the soft edge's local model is fitted, pixels. */
const EDGE_SIDE = 1000;

/**
 * A hard cut at reduced size becomes a soft one at the picture's size that follows the picture's own edges: a guided
 * filter (He, Sun and Tang 2010) fitted at reduced size and applied at the picture's own.
 *
 * @param reach pixels of the picture over which an edge may be soft
 */
export function softEdge(image: Image, hard: Plane, reach: number): Plane {
  const scale = Math.min(1, EDGE_SIDE / Math.max(image.width, image.height));
  const width = Math.max(8, Math.round(image.width * scale));
  const height = Math.max(8, Math.round(image.height * scale));
  const guide = lumaPlane(shrinkImage(image, width, height));
  const cut = boxMean(scalePlane(hard, width, height), 1);
  const radius = Math.max(2, Math.round(reach * scale));
  const { slope, offset } = guidedModel(guide, cut, radius, 2e-4);
  const a = scalePlane(slope, image.width, image.height);
  const b = scalePlane(offset, image.width, image.height);
  const luma = lumaPlane(image);
  for (let i = 0; i < luma.data.length; i++) {
    const value = a.data[i] * luma.data[i] + b.data[i];
    luma.data[i] = Math.min(1, Math.max(0, (value - 0.12) / 0.76));
  }
  return luma;
}
