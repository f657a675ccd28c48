import { Fault } from '@soliloquy/fault';
import { psnr, ssim, type PixelBox } from '@soliloquy/image-quality';
import type { Video } from '@soliloquy/ports';
import { StageError } from '@soliloquy/stage';

/** pixels around the matte that a window of SSIM reaches into */
const MARGIN = 6;

/**
 * PSNR (dB) and SSIM of two films of one size, mean over every so many frames, inside the reference's matte if it has
 * one.
 *
 * @throws StageError `size-mismatch`
 */
export async function compareFilms(
  video: Video,
  reference: Video,
  every: number,
  signal: AbortSignal,
): Promise<{ psnr: number; ssim: number }> {
  proveSameSize(video, reference);
  const { width, height } = video;
  const sum = { psnr: 0, ssim: 0 };
  let count = 0;
  for (let frame = 0; frame < Math.min(video.frames, reference.frames); frame += every) {
    const matte = reference.matte && (await only(reference.matte.read(frame, frame + 1)));
    const box = matte ? around(matte, width, height) : { x0: 0, y0: 0, x1: width, y1: height };
    const cut = (data: Uint8ClampedArray, channels: number, take: number): Float32Array =>
      cutBox(data, width, box, channels, take);
    const compared = {
      width: box.x1 - box.x0,
      height: box.y1 - box.y0,
      image: cut(await only(video.read(frame, frame + 1)), 4, 3),
      target: cut(await only(reference.read(frame, frame + 1)), 4, 3),
      mask: matte && cut(matte, 1, 1).map((value) => (value > 0.1 ? 1 : 0)),
    };
    sum.psnr += psnr(compared);
    sum.ssim += ssim(compared);
    count++;
    signal.throwIfAborted();
  }
  return { psnr: sum.psnr / count, ssim: sum.ssim / count };
}

/** @throws StageError `stage.size-mismatch` */
export function proveSameSize(video: Video, reference: Video): void {
  const { width, height } = video;
  if (reference.width !== width || reference.height !== height)
    throw new StageError({
      code: 'stage.size-mismatch',
      where: 'evaluation.reference',
      expected: `${width}x${height} as the film`,
      got: `${reference.width}x${reference.height}`,
      remedy: 'give both the same area',
    });
}

/** The part of the picture that a matte covers; all of it where the matte is empty. */
function around(matte: Uint8ClampedArray, width: number, height: number): PixelBox {
  let [x0, y0, x1, y1] = [width, height, 0, 0];
  for (let i = 0; i < matte.length; i++) {
    if (matte[i] <= 25) continue;
    const x = i % width;
    const y = Math.floor(i / width);
    x0 = Math.min(x0, x - MARGIN);
    y0 = Math.min(y0, y - MARGIN);
    x1 = Math.max(x1, x + MARGIN + 1);
    y1 = Math.max(y1, y + MARGIN + 1);
  }
  return x1 === 0
    ? { x0: 0, y0: 0, x1: width, y1: height }
    : { x0: Math.max(0, x0), y0: Math.max(0, y0), x1: Math.min(width, x1), y1: Math.min(height, y1) };
}

/** @returns f32 [h, w, take] of a box, 0 … 1 */
function cutBox(
  data: Uint8ClampedArray,
  width: number,
  { x0, y0, x1, y1 }: PixelBox,
  channels: number,
  take: number,
): Float32Array {
  const out = new Float32Array((x1 - x0) * (y1 - y0) * take);
  let o = 0;
  for (let y = y0; y < y1; y++)
    for (let x = x0; x < x1; x++) for (let c = 0; c < take; c++) out[o++] = data[(y * width + x) * channels + c] / 255;
  return out;
}

async function only(frames: AsyncIterable<Uint8ClampedArray>): Promise<Uint8ClampedArray> {
  for await (const frame of frames) return frame.slice();
  throw new Fault({ code: 'evaluation.argument', where: 'film', expected: 'a frame', got: 'none', audience: 'author' });
}
