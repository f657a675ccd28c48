import { decodeImage, encodePng, MediaError, openMp4, resizeImage, type Image } from '@soliloquy/media';
import { readGivenFile } from '../unreadable-file.ts';
import type { ThumbnailJob } from './jobs.ts';

/** @throws MediaError, UnreadableFile */
export async function thumbnail({ path, name, width, film }: ThumbnailJob): Promise<Uint8Array> {
  const bytes = await readGivenFile(path);
  const image = film ? await firstFrame(bytes, name) : await decodeImage(bytes, { name });
  if (image.width <= width) return encodePng(image);
  const height = Math.max(1, Math.round((image.height * width) / image.width));
  return encodePng(await resizeImage(image, width, height, { colours: 'weighted' }));
}

async function firstFrame(bytes: Uint8Array, name: string): Promise<Image> {
  const film = await openMp4(bytes, name);
  for await (const frame of film.read(0, 1))
    return { width: film.width, height: film.height, data: new Uint8ClampedArray(frame) };
  throw new MediaError({
    code: 'media.video-format',
    where: name,
    expected: 'a film with a frame',
    got: 'none',
    remedy: 'make it again',
  });
}
