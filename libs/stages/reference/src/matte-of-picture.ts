import type { PupilFrame } from '@soliloquy/face';
import type { Image } from '@soliloquy/media';
import type { Plane } from '@soliloquy/planes';
import { alphaOutline } from './alpha-outline.ts';
import { fillBehind } from './background.ts';
import type { OpenCv } from './opencv.ts';

interface Picture {
  readonly cv: OpenCv;
  readonly image: Image;
  readonly solid: Image;
  readonly cut: (image: Image) => Plane;
}

/**
 * The alpha channel where it is the person's outline; else the person is cut out, inside what the alpha channel shows,
 * whose surroundings are painted from its rim for that: a plain color would be taken for a thing.
 *
 * @param of.solid the picture over grey
 * @param of.cut cuts the person out of an opaque picture of that size
 * @returns the matte, the picture whose room is to be painted behind it, and whether the matte was given: then colours
 *   at the rim are the person's own
 */
export function matteOf(
  { cv, image, solid, cut }: Picture,
  face: PupilFrame,
  log: (message: string) => void,
): { readonly matte: Plane; readonly room: Image; readonly given: boolean } {
  const outline = alphaOutline(image, face);
  if (outline.kind === 'hides')
    log('reference.image: its alpha channel hides most of the face and is left aside; the person is cut out of all');
  if (outline.kind === 'none' || outline.kind === 'hides') return { matte: cut(image), room: solid, given: false };
  if (outline.kind === 'person') {
    log('reference.image: its alpha channel is taken as the matte');
    return { matte: outline.matte, room: solid, given: true };
  }
  log(
    "reference.image: its alpha channel is no person's outline (a disc, a frame, a fade); " +
      'the person is cut out inside it',
  );
  const { matte: shape } = outline;
  const hidden: Plane = { ...shape, data: shape.data.map((value) => (value < 0.5 ? 1 : 0)) };
  const room = fillBehind(cv, solid, hidden, { grow: 2 });
  const inside = cut(room);
  return { matte: { ...inside, data: inside.data.map((value, i) => value * shape.data[i]) }, room, given: false };
}
