import type { BackgroundOf } from './painter.ts';
import type { Size } from './size-choice.ts';

/** The background of an avatar at any size. @param png bytes */
export async function backgroundFrom(png: Uint8Array): Promise<{ readonly size: Size; readonly at: BackgroundOf }> {
  const bitmap = await createImageBitmap(new Blob([png as Uint8Array<ArrayBuffer>], { type: 'image/png' }));
  let [made, of]: [Float32Array | undefined, Size] = [undefined, { width: 0, height: 0 }];
  return {
    size: { width: bitmap.width, height: bitmap.height },
    at(size) {
      if (made !== undefined && of.width === size.width && of.height === size.height) return made;
      const context = new OffscreenCanvas(size.width, size.height).getContext(
        '2d',
      ) as OffscreenCanvasRenderingContext2D;
      context.imageSmoothingQuality = 'high';
      context.drawImage(bitmap, 0, 0, size.width, size.height);
      const { data } = context.getImageData(0, 0, size.width, size.height);
      const pixels = new Float32Array(size.width * size.height * 3);
      for (let i = 0, o = 0; i < pixels.length; i += 3, o += 4)
        for (let channel = 0; channel < 3; channel++) pixels[i + channel] = data[o + channel] / 255;
      [made, of] = [pixels, size];
      return pixels;
    },
  };
}
