import type { Image } from '@soliloquy/media';
import { boxMean, holesOf, keepConnected, regionsOf, shrinkImage, type Plane } from '@soliloquy/planes';
import type { PictureOfPeople } from '@soliloquy/whole-body';
import { faceHeight, type Scaled } from './body-drawing.ts';
import { bodySeeds, type Seeds } from './body-seeds.ts';
import { cutByColor, FEW_ROUNDS, LABEL } from './graph-cut.ts';
import { cutHeadAgain } from './head-cut.ts';
import type { OpenCv } from './opencv.ts';
import { softEdge } from './soft-edge.ts';

/**
 * Longer side at which the graph is cut, pixels. Cutting at half of it first and then only in a band of 4 to 16 pixels
 * about that edge takes a quarter less for a matte, but forty painted people lose 0.003 of their overlap and 0.01 of
 * their outline on the mean; colors learned at half size and a cut at the full one lose a third of that.
 */
const CUT_SIDE = 768;
/** Heights of the face: reach of the soft edge; half the width of a gap within a body (a wrist in shadow); side of a
 * square that is no hole. */
const EDGE = 0.025;
const GAP = 0.08;
const SPECK = 0.06;

/**
 * Cut the main person out: a graph cut between two iterated color models, started from where the masks of two networks
 * agree and from the face, joints and fingers, softened along the picture's own edges.
 *
 * @param found the main person has a face
 * @returns     f32 [height, width], 0 … 1, of the picture's size
 */
export function personMatte(cv: OpenCv, image: Image, found: PictureOfPeople): Plane {
  const unit = faceHeight(found.person!.face!);
  const share = Math.min(1, CUT_SIDE / Math.max(image.width, image.height));
  const side = (length: number): number => Math.max(8, Math.round(length * share));
  const small = shrinkImage(image, side(image.width), side(image.height));
  const on = { scale: small.width / image.width, width: small.width, height: small.height };
  const seeds = bodySeeds(cv, found, on);
  const person = cutByColor(cv, small, seeds.labels, FEW_ROUNDS);
  cutHeadAgain(cv, { image: small, labels: seeds.labels, person }, { face: found.person!.face!, on });
  keepBody(person, seeds, on, GAP * unit);
  closeHoles(person, seeds, on, SPECK * unit);
  return softEdge(image, { ...small, data: new Float32Array(person) }, EDGE * unit);
}

/**
 * Keeps what hangs together with what surely is the person: what the masks find likely to be, across gaps of `gap`
 * pixels of the picture; what they do not, as hair, without a gap. In place.
 */
function keepBody(person: Uint8Array, { labels }: Seeds, { width, height, scale }: Scaled, gap: number): void {
  for (const pixels of regionsOf(person, width, height)) {
    const likely = pixels.filter((at) => labels[at] === LABEL.likelyPerson).length;
    if (pixels.every((at) => labels[at] !== LABEL.person) && 2 * likely < pixels.length)
      for (const at of pixels) person[at] = 0;
  }
  const reach = Math.max(1, Math.round(gap * scale));
  const grown = boxMean({ width, height, data: new Float32Array(person) }, reach);
  const near = new Uint8Array(person.length);
  for (let i = 0; i < near.length; i++) near[i] = grown.data[i] > 1e-4 ? 1 : 0;
  keepConnected(near, width, height, (x, y) => labels[y * width + x] === LABEL.person);
  for (let i = 0; i < person.length; i++) if (!near[i]) person[i] = 0;
}

/**
 * Closes holes that are specks, and those (a badge in the colors of the wall) that the masks take for the person and
 * that are not between limbs. In place.
 *
 * @param speck side of a square, pixels of the picture
 */
function closeHoles(person: Uint8Array, seeds: Seeds, { width, height, scale }: Scaled, speck: number): void {
  const { labels, gaps } = seeds;
  for (const pixels of holesOf(person, width, height)) {
    const likely = pixels.filter((at) => labels[at] === LABEL.likelyPerson && gaps[at] === 0).length;
    if (pixels.length < (speck * scale) ** 2 || 2 * likely > pixels.length) for (const at of pixels) person[at] = 1;
  }
}
