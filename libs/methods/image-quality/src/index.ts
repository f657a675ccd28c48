export { laplacianVariance, psnr, ssim } from './quality.ts';

export type { Compared, PixelBox } from './quality.ts';
