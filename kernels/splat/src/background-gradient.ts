import type { Background } from './scene.ts';

/**
 * dL/dbackground = Σ T dL/dcolor: of an image pixel by pixel, of one rgb summed over the pixels.
 *
 * @param transmittance f32 [H, W] or, with `stride` 4 and `first` 3, interleaved with others
 * @returns             f32 [3] or [H, W, 3], `into` if given
 */
export function backgroundGradient(
  transmittance: Float32Array,
  color: Float32Array,
  background: Background,
  into: Float32Array = new Float32Array(background.length),
  stride = 1,
  first = 0,
): Float32Array {
  const image = background.length !== 3;
  const sums = [0, 0, 0];
  for (let i = 0; i < color.length; i++) {
    const value = transmittance[Math.floor(i / 3) * stride + first] * color[i];
    if (image) into[i] = value;
    else sums[i % 3] += value;
  }
  if (!image) into.set(sums);
  return into;
}
