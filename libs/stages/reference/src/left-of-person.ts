import type { Image } from '@soliloquy/media';
import { boxMean, planeOf, type Plane } from '@soliloquy/planes';
import type { Landmarks } from '@soliloquy/ports';
import { growMatte } from './background.ts';
import { meanOfCovered } from './mean-of-covered.ts';

/** Where hair and fingers are, pupil distances about each point. */
const FINE = { headTop: 1.6, leftEar: 1.2, rightEar: 1.2, leftHand: 1.6, rightHand: 1.6 } as const;

/** Below, in bytes, colours are one and the same. */
const SAME = 12;

/**
 * What the matte left of the person in the room: about head and hands, near the matte, a pixel whose colour lies
 * between the room's and that of the person beside it. Wisps of hair and cut fingers would stand still behind a person
 * that moves.
 *
 * @param image rgba
 * @param matte f32 0 … 1, of the picture's size
 * @param room  rgba, the picture without anything near the person
 * @param points of the person, and the distance of the pupils, pixels
 * @param reach pupil distances from the matte
 * @returns the matte with what was left, f32 0 … 1
 */
export function withLeftovers(
  { image, matte, room }: { readonly image: Image; readonly matte: Plane; readonly room: Image },
  { points }: Landmarks,
  unit: number,
  reach: number,
): Plane {
  const { width, height } = matte;
  const near = growMatte(matte, reach * unit);
  const fine = Object.entries(FINE).flatMap(([name, radius]) => {
    const point = points[name as keyof typeof FINE];
    return point ? [{ ...point, radius: radius * unit }] : [];
  });
  const isFine = (i: number): boolean =>
    fine.some(({ x, y, radius }) => Math.hypot((i % width) - x, Math.floor(i / width) - y) < radius);
  const radius = Math.max(1, Math.round(reach * unit));
  const { coverage, colours: person } = meanOfCovered(image, matte, radius);
  const like = planeOf(width, height);
  for (let i = 0; i < like.data.length; i++) {
    if (near.data[i] === 0 || coverage.data[i] < 1e-3 || !isFine(i)) continue;
    // How far the colour lies from the room's towards the person's, and how far aside of that line.
    let [along, length, off] = [0, 0, 0];
    for (let c = 0; c < 3; c++) {
      const towards = person[c].data[i] / coverage.data[i] - room.data[4 * i + c];
      const own = image.data[4 * i + c] - room.data[4 * i + c];
      along += own * towards;
      length += towards * towards;
      off += own * own;
    }
    const share = Math.min(1, along / Math.max(1, length));
    const aside = Math.sqrt(Math.max(0, off - share * share * length));
    like.data[i] = share * Math.sqrt(length) > SAME && aside < 0.5 * Math.sqrt(off) ? 1 : 0;
  }
  const found = boxMean(like, 1);
  return { width, height, data: matte.data.map((value, i) => Math.max(value, found.data[i] > 0.4 ? 1 : 0)) };
}
