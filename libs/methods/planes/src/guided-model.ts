import { boxMean, planeOf, type Plane } from './plane.ts';

/**
 * The local linear model `matte = slope · guide + offset` of a guided filter (He, Sun and Tang 2010).
 *
 * @param radius half the side of its windows, pixels
 * @param noise  variance of the guide that counts as no edge
 */
export function guidedModel(
  guide: Plane,
  matte: Plane,
  radius: number,
  noise: number,
): { slope: Plane; offset: Plane } {
  const { width, height } = guide;
  const product = (p: Plane, q: Plane): Plane => ({
    width,
    height,
    data: p.data.map((value, i) => value * q.data[i]),
  });
  const meanGuide = boxMean(guide, radius);
  const meanMatte = boxMean(matte, radius);
  const meanSquare = boxMean(product(guide, guide), radius);
  const meanProduct = boxMean(product(guide, matte), radius);
  const slope = planeOf(width, height);
  const offset = planeOf(width, height);
  for (let i = 0; i < slope.data.length; i++) {
    const variance = meanSquare.data[i] - meanGuide.data[i] ** 2;
    slope.data[i] = (meanProduct.data[i] - meanGuide.data[i] * meanMatte.data[i]) / (variance + noise);
    offset.data[i] = meanMatte.data[i] - slope.data[i] * meanGuide.data[i];
  }
  return { slope: boxMean(slope, radius), offset: boxMean(offset, radius) };
}
