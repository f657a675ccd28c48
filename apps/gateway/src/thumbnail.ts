import { readFile } from 'node:fs/promises';
import { decodeImage, encodePng, openMp4, resizeImage, type Image } from '@soliloquy/media';
import { Refused } from './refusal.ts';

const KEPT = 500;
const made = new Map<string, Promise<Uint8Array>>();

/** A picture, or a film's first frame, made small for a grid: PNG of at most this width. @throws Refused 400, 415 */
export function thumbnail(path: string, name: string, width: string): Promise<Uint8Array> {
  const pixels = Number(width);
  if (!Number.isInteger(pixels) || pixels < 16 || pixels > 1024)
    throw new Refused(400, {
      code: 'gateway.bad-request',
      where: 'query.width',
      expected: '16 to 1024 pixels',
      got: `"${width.slice(0, 20)}"`,
      remedy: 'choose another',
    });
  const key = `${path} ${pixels}`;
  let making = made.get(key);
  if (making === undefined) {
    made.set(key, (making = make(path, name, pixels)));
    making.catch(() => made.delete(key));
    if (made.size > KEPT) made.delete(made.keys().next().value as string);
  }
  return making;
}

async function make(path: string, name: string, width: number): Promise<Uint8Array> {
  const image = await pictureOf(await readFile(path), name);
  const small =
    image.width <= width
      ? image
      : await resizeImage(image, width, Math.max(1, Math.round((image.height * width) / image.width)), {
          colours: 'weighted',
        });
  return encodePng(small);
}

async function pictureOf(bytes: Uint8Array, name: string): Promise<Image> {
  if (/\.(png|jpe?g|webp)$/i.test(name)) return decodeImage(bytes, { name });
  if (!/\.mp4$/i.test(name))
    throw new Refused(415, {
      code: 'gateway.no-picture',
      where: name,
      expected: 'a picture or a film',
      got: 'another file',
      remedy: 'ask for it whole',
    });
  const film = await openMp4(bytes, name);
  for await (const frame of film.read(0, 1))
    return { width: film.width, height: film.height, data: new Uint8ClampedArray(frame) };
  throw new Refused(415, {
    code: 'gateway.no-picture',
    where: name,
    expected: 'a film with a frame',
    got: 'none',
    remedy: 'make it again',
  });
}
