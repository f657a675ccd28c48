import type { Size } from './video-system.ts';

/** Of several sizes the one whose aspect is nearest to a picture's, as a ratio. */
export function nearestAspect(picture: Size, sizes: readonly [Size, ...Size[]] | readonly Size[]): Size {
  const off = ({ width, height }: Size): number =>
    Math.abs(Math.log(width / height) - Math.log(picture.width / picture.height));
  return sizes.reduce((best, size) => (off(size) < off(best) ? size : best));
}

/**
 * The largest size of a picture's aspect with sides that are multiples of a number and an area up to another.
 *
 * @param picture its sides
 * @param area    pixels²
 * @param step    pixels
 */
export function largestWithin(picture: Size, area: number, step: number): Size {
  const scale = Math.sqrt(area / (picture.width * picture.height));
  const rounded = (side: number): number => Math.max(step, Math.round((side * scale) / step) * step);
  let { width, height } = { width: rounded(picture.width), height: rounded(picture.height) };
  // Rounding up both sides may be too much: the side that was rounded up most gives way.
  while (width * height > area) {
    const over = { width: width / (picture.width * scale), height: height / (picture.height * scale) };
    if (over.width >= over.height && width > step) width -= step;
    else height -= step;
  }
  return { width, height };
}
