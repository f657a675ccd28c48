import { gaussianWindow } from '../gaussian-window.ts';
import type { ImageLossInput } from '../scene.ts';

const C1 = 0.01 ** 2;
const C2 = 0.03 ** 2;

/**
 * The judge of `Rasterizer.imageLoss`, in f64 with the window as a plain double sum. Same equation, same borders.
 *
 * @returns gradient f64 [H, W, 3]
 */
export function referenceImageLoss(
  input: Omit<ImageLossInput, 'image'> & { readonly image: Float32Array | Float64Array },
): {
  value: number;
  l1: number;
  ssim: number;
  gradient: Float64Array;
} {
  const { width, height, image, target, weights, ssimWeight = 0.2 } = input;
  const window = gaussianWindow();
  const gradient = new Float64Array(width * height * 3);
  const total = 3 * (weights === undefined ? width * height : weights.reduce((sum, weight) => sum + weight, 0));
  const neighbours = (column: number, row: number, visit: (pixel: number, weight: number) => void): void => {
    for (let j = -5; j <= 5; j++) {
      for (let i = -5; i <= 5; i++) {
        const x = column + i;
        const y = row + j;
        if (x >= 0 && x < width && y >= 0 && y < height) visit(y * width + x, window[i + 5] * window[j + 5]);
      }
    }
  };
  let l1 = 0;
  let ssim = 0;
  for (let channel = 0; channel < 3; channel++) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const pixel = row * width + column;
        const weight = (weights?.[pixel] ?? 1) / total;
        const difference = image[3 * pixel + channel] - target[3 * pixel + channel];
        l1 += weight * Math.abs(difference);
        gradient[3 * pixel + channel] += (1 - ssimWeight) * weight * Math.sign(difference);
        let [mx, my, mxx, myy, mxy] = [0, 0, 0, 0, 0];
        neighbours(column, row, (at, share) => {
          const x = image[3 * at + channel];
          const y = target[3 * at + channel];
          mx += share * x;
          my += share * y;
          mxx += share * x * x;
          myy += share * y * y;
          mxy += share * x * y;
        });
        const a1 = 2 * mx * my + C1;
        const a2 = 2 * (mxy - mx * my) + C2;
        const b1 = mx * mx + my * my + C1;
        const b2 = mxx - mx * mx + myy - my * my + C2;
        const map = (a1 * a2) / (b1 * b2);
        ssim += weight * map;
        // by the window sums, then by each pixel under the window
        const byXX = -map / b2;
        const byXY = (2 * a1) / (b1 * b2);
        const byX = (2 * my * a2) / (b1 * b2) - (2 * mx * map) / b1 - 2 * mx * byXX - my * byXY;
        neighbours(column, row, (at, share) => {
          gradient[3 * at + channel] -=
            ssimWeight * weight * share * (byX + 2 * image[3 * at + channel] * byXX + target[3 * at + channel] * byXY);
        });
      }
    }
  }
  return {
    value: (1 - ssimWeight) * l1 + ssimWeight * (1 - ssim),
    l1,
    ssim: ssimWeight > 0 ? ssim : Number.NaN,
    gradient,
  };
}
