import type { ImageLossInput } from './scene.ts';
import { SplatError } from './splat-error.ts';
import { checkFloats, checkSize } from './validate.ts';

/** Checks sizes and λ. @throws SplatError `splat.input` */
export function checkImageLoss(
  { width, height, image, target, weights, ssimWeight = 0.2 }: ImageLossInput,
  into: Float32Array | undefined,
): void {
  checkSize('imageLoss', width, height);
  const pixels = width * height;
  const shape = `with H=${height}, W=${width}`;
  checkFloats('imageLoss.image', image, pixels * 3, `[H, W, 3] ${shape}`);
  checkFloats('imageLoss.target', target, pixels * 3, `[H, W, 3] ${shape}`);
  if (weights !== undefined) checkFloats('imageLoss.weights', weights, pixels, `[H, W] ${shape}`);
  if (!(ssimWeight >= 0 && ssimWeight <= 1))
    throw new SplatError({
      code: 'splat.input',
      where: 'imageLoss.ssimWeight',
      expected: '0 … 1',
      got: `${ssimWeight}`,
      remedy: '0.2 is usual',
    });
  if (into !== undefined) checkFloats('imageLoss.into', into, pixels * 3, `[H, W, 3] ${shape}`);
}

/** 3 Σ w. */
export function sumOfWeights(weights: Float32Array | undefined, pixels: number): number {
  if (weights === undefined) return 3 * pixels;
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i];
    if (!(weight >= 0 && weight < Infinity))
      throw new SplatError({
        code: 'splat.input',
        where: 'imageLoss.weights',
        expected: 'finite numbers from 0',
        got: `${weight} at index ${i}`,
        remedy: 'find what made it',
      });
    sum += weight;
  }
  if (sum === 0)
    throw new SplatError({
      code: 'splat.input',
      where: 'imageLoss.weights',
      expected: 'some weight above 0',
      got: 'zeros only',
      remedy: 'check the mask',
    });
  return 3 * sum;
}
