import type { Image, Video } from '@soliloquy/media';
import { shrinkImage } from '@soliloquy/planes';
import type { Pieces } from './video-system.ts';

/** A part of the film that is asked for in one go, frames of the whole. */
export interface Piece {
  readonly from: number;
  readonly frames: number;
}

/** Sides at which frames are compared, pixels. */
const COMPARED = 48;
/** Frames before and after the joint in which one film becomes the other. */
const BLENDED = 1;

/**
 * The films that make up one that is longer than a system's longest: each but the last as long as can be, neighbours
 * share `overlap` frames.
 *
 * @param frames of the whole
 * @param lead   frames of each film that are cut off
 */
export function planPieces(frames: number, lead: number, pieces: Pieces | undefined): Piece[] {
  if (pieces === undefined) return [{ from: 0, frames }];
  const most = pieces.most - lead;
  const planned: Piece[] = [];
  for (let from = 0; ; from += most - pieces.overlap) {
    const rest = frames - from;
    planned.push({ from, frames: Math.min(most, rest) });
    if (rest <= most) return planned;
  }
}

/** Which film gives a frame, or which two and how much of the later one. */
interface Source {
  readonly film: number;
  readonly frame: number;
  readonly next?: { readonly frame: number; readonly share: number };
}

/** What reads a film without its lead-in. */
export type Frames = Pick<Video, 'read' | 'width' | 'height'>;

/**
 * Joins films that overlap: from one to the next where both are most alike (mean absolute difference), with a frame on
 * either side of the joint mixed.
 *
 * @returns reads frames of the whole; each in a buffer of its own
 */
export async function joinPieces(
  films: readonly Frames[],
  planned: readonly Piece[],
): Promise<(from: number, to: number) => AsyncGenerator<Uint8ClampedArray>> {
  const joints = await Promise.all(planned.slice(1).map((next, i) => jointOf({ films, planned }, i, next.from)));
  const sourceOf = (frame: number): Source => {
    const film = joints.filter((joint) => frame >= joint).length;
    const own = { film, frame: frame - planned[film].from };
    const after = joints[film];
    if (after !== undefined && after - frame <= BLENDED && frame >= planned[film + 1].from)
      return { ...own, next: { frame: frame - planned[film + 1].from, share: 1 / 3 } };
    const before = joints[film - 1];
    if (film > 0 && frame - before < BLENDED && frame < planned[film - 1].from + planned[film - 1].frames)
      return {
        film: film - 1,
        frame: frame - planned[film - 1].from,
        next: { frame: own.frame, share: 2 / 3 },
      };
    return own;
  };
  return async function* (from, to) {
    for (let frame = from; frame < to;) {
      const source = sourceOf(frame);
      if (source.next !== undefined) {
        yield mixed(
          await frameOf(films[source.film], source.frame),
          await frameOf(films[source.film + 1], source.next.frame),
          source.next.share,
        );
        frame++;
        continue;
      }
      let end = frame + 1;
      for (; end < to; end++) {
        const next = sourceOf(end);
        if (next.film !== source.film || next.next !== undefined) break;
      }
      for await (const data of films[source.film].read(source.frame, source.frame + end - frame)) yield data.slice();
      frame = end;
    }
  };
}

/** The frame of the whole from which on the film after `index` is shown. */
async function jointOf(
  { films, planned }: { readonly films: readonly Frames[]; readonly planned: readonly Piece[] },
  index: number,
  from: number,
): Promise<number> {
  const end = planned[index].from + planned[index].frames;
  let [best, least] = [from, Infinity];
  for (let frame = from; frame < end; frame++) {
    const earlier = await smallFrame(films[index], frame - planned[index].from);
    const later = await smallFrame(films[index + 1], frame - from);
    const difference = earlier.data.reduce((sum, value, i) => sum + Math.abs(value - later.data[i]), 0);
    if (difference < least) [best, least] = [frame, difference];
  }
  return best;
}

async function smallFrame(film: Frames, frame: number): Promise<Image> {
  const { width, height } = film;
  return shrinkImage({ width, height, data: await frameOf(film, frame) }, COMPARED, COMPARED);
}

async function frameOf(film: Frames, frame: number): Promise<Uint8ClampedArray> {
  for await (const data of film.read(frame, frame + 1)) return data.slice();
  throw new RangeError(`no frame ${frame}`);
}

function mixed(a: Uint8ClampedArray, b: Uint8ClampedArray, share: number): Uint8ClampedArray {
  return a.map((value, i) => value + share * (b[i] - value));
}
