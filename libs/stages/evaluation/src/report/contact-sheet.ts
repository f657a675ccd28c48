import { resizeImage } from '@soliloquy/media';
import type { Image, Video } from '@soliloquy/ports';

/** Frames of a film side by side, evenly spaced over its length. */
export async function contactSheet(video: Video, columns: number, rows: number, cellWidth: number): Promise<Image> {
  const cellHeight = Math.round((cellWidth * video.height) / video.width);
  const gap = 4;
  const width = columns * cellWidth + (columns + 1) * gap;
  const height = rows * cellHeight + (rows + 1) * gap;
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  const cells = columns * rows;
  for (let cell = 0; cell < cells; cell++) {
    const index = Math.min(video.frames - 1, Math.round(((cell + 0.5) * video.frames) / cells - 0.5));
    for await (const frame of video.read(index, index + 1)) {
      const small = await resizeImage({ width: video.width, height: video.height, data: frame }, cellWidth, cellHeight);
      const left = gap + (cell % columns) * (cellWidth + gap);
      const top = gap + Math.floor(cell / columns) * (cellHeight + gap);
      for (let y = 0; y < cellHeight; y++)
        data.set(small.data.subarray(y * cellWidth * 4, (y + 1) * cellWidth * 4), ((top + y) * width + left) * 4);
    }
  }
  return { width, height, data };
}
