export { laplacianVariance, psnr, ssim } from './quality.ts';
export { speckShare } from './specks.ts';

export type { Compared, PixelBox } from './quality.ts';
export type { SpeckedPicture } from './specks.ts';
