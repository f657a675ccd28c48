import type { Image } from '@soliloquy/media';
import { boxMean } from '@soliloquy/planes';
import { bodyRegion, findBody, type Body } from './body.ts';
import type { Networks } from './networks.ts';
import { bodyMask, coverageAtPlace, findPeopleMask } from './person-mask.ts';
import { Picture } from './picture.ts';

/** Cells of a side of a frame's mask, whatever the frame's size. */
export const MASK_SIDE = 256;
/** Cells around the body's mask in which the crisper mask of all people is believed. */
const NEAR = 10;
/** From which on the body's mask alone is enough: legs and dark clothes, which the other loses. */
const SURE = 0.85;

/**
 * Where one person of a frame is, and nobody else: the crisp mask of all people near the soft mask of this body, and
 * that itself where it is sure.
 *
 * @param image opaque
 * @param body  of the person, as it was found in this frame or the one before
 * @returns     f32 [256, 256] 0 … 1, the frame stretched to a square
 */
export async function frameMask(networks: Networks, image: Image, body: Body): Promise<Float32Array> {
  const picture = new Picture(image);
  const people = await findPeopleMask(networks, picture);
  const found = await findBody(networks, picture, { region: bodyRegion(body.circle), network: 'heavy' });
  const own = bodyMask(found);
  if (own === undefined) return people.coverage;
  const soft = new Float32Array(MASK_SIDE * MASK_SIDE);
  for (let v = 0; v < MASK_SIDE; v++)
    for (let u = 0; u < MASK_SIDE; u++)
      soft[v * MASK_SIDE + u] = coverageAtPlace(own, [
        ((u + 0.5) * image.width) / MASK_SIDE,
        ((v + 0.5) * image.height) / MASK_SIDE,
      ]);
  const near = boxMean({ width: MASK_SIDE, height: MASK_SIDE, data: soft }, NEAR).data;
  return soft.map((mine, i) => Math.max(people.coverage[i] * Math.min(1, 3 * near[i]), mine > SURE ? mine : 0));
}
