import { laplacianVariance, psnr, ssim, type PixelBox } from '@soliloquy/image-quality';
import { resizeImage } from '@soliloquy/media';
import type { Image, Landmarks, Video } from '@soliloquy/ports';

/** The face in pixels of the film: from above the brows to below the chin. */
export function faceBox(landmarks: Landmarks, width: number): PixelBox {
  const scale = width / landmarks.width;
  const { leftEye, rightEye, mouthCenter } = landmarks.points;
  const distance = Math.hypot(leftEye.x - rightEye.x, leftEye.y - rightEye.y);
  const x = (leftEye.x + rightEye.x) / 2;
  const y = (leftEye.y + rightEye.y) / 2;
  return { x0: (x - 1.1 * distance) * scale, y0: (y - 0.7 * distance) * scale, x1: (x + 1.1 * distance) * scale, y1: (mouthCenter.y + 0.7 * distance) * scale };
}

/** Sharpness of the film's face over that of the picture at the film's size: variance of the Laplacian, median over frames. */
export async function faceSharpness(video: Video, image: Image, landmarks: Landmarks, every: number): Promise<number> {
  const { width, height } = video;
  const box = faceBox(landmarks, width);
  const picture = await resizeImage(image, width, height);
  const values: number[] = [];
  let index = 0;
  for await (const frame of video.read()) if (index++ % every === 0) values.push(laplacianVariance(frame, width, height, box, 4));
  values.sort((a, b) => a - b);
  return values[Math.floor(values.length / 2)] / laplacianVariance(picture.data, width, height, box, 4);
}

/** PSNR (dB) and SSIM of two films of one size, mean over every so many frames, inside the reference's matte if it has one. */
export async function compareFilms(video: Video, reference: Video, every: number): Promise<{ psnr: number; ssim: number }> {
  const { width, height } = video;
  const sum = { psnr: 0, ssim: 0 };
  let count = 0;
  for (let frame = 0; frame < Math.min(video.frames, reference.frames); frame += every) {
    const image = unit(await only(video.read(frame, frame + 1)), 4);
    const target = unit(await only(reference.read(frame, frame + 1)), 4);
    const mask = reference.matte && Float32Array.from(await only(reference.matte.read(frame, frame + 1)), (value) => (value > 25 ? 1 : 0));
    sum.psnr += psnr({ width, height, image, target, mask });
    sum.ssim += ssim({ width, height, image, target, mask });
    count++;
  }
  return { psnr: sum.psnr / count, ssim: sum.ssim / count };
}

async function only(frames: AsyncIterable<Uint8ClampedArray>): Promise<Uint8ClampedArray> {
  for await (const frame of frames) return frame.slice();
  throw new Error('film: expected a frame, got none');
}

function unit(data: Uint8ClampedArray, channels: number): Float32Array {
  return Float32Array.from({ length: (data.length / channels) * 3 }, (_, i) => data[Math.floor(i / 3) * channels + (i % 3)] / 255);
}
