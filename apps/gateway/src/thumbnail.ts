import { decodeThumbnail } from '@soliloquy/decoding';
import { Fault, partsOf } from '@soliloquy/fault';
import { Refused } from './refusal.ts';

const KEPT = 500;
const made = new Map<string, Promise<Uint8Array>>();

/**
 * A picture, or a film's first frame, made small for a grid: PNG of at most this width.
 *
 * @throws Refused 400, 415, 422
 */
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
  const film = /\.mp4$/i.test(name);
  if (!film && !/\.(png|jpe?g|webp)$/i.test(name))
    throw new Refused(415, {
      code: 'gateway.no-picture',
      where: name,
      expected: 'a picture or a film',
      got: 'another file',
      remedy: 'ask for it whole',
    });
  // A task's output may be any bytes: a command makes it, or a project's own stage.
  return decodeThumbnail(path, name, film, width).catch((thrown: unknown) => {
    throw thrown instanceof Fault ? new Refused(422, partsOf(thrown)) : thrown;
  });
}
