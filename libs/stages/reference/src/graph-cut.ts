import type { Image } from '@soliloquy/media';
import { withScope, type OpenCv } from './opencv.ts';

/** What is known of a pixel before its colour is looked at: OpenCV's four labels of GrabCut. */
export const LABEL = { background: 0, person: 1, likelyBackground: 2, likelyPerson: 3 } as const;

/** How often the colour models are learned anew, each time from the cut before, where little is known beforehand. */
const ROUNDS = 4;

/** And where masks have said most of it: two more take a third longer and change no mean of mattes by 0.005. */
export const FEW_ROUNDS = 2;

/**
 * A graph cut between two iterated colour models (GrabCut, Rother, Kolmogorov and Blake 2004).
 *
 * @param labels u8 [height, width], values of `LABEL`; both sides must be there
 * @returns      u8 [height, width], 1 where the person is
 */
export function cutByColor(cv: OpenCv, image: Image, labels: Uint8Array, rounds = ROUNDS): Uint8Array {
  return withScope((keep) => {
    const rgb = keep(new cv.Mat(image.height, image.width, cv.CV_8UC3));
    const mask = keep(new cv.Mat(image.height, image.width, cv.CV_8UC1));
    const background = keep(new cv.Mat());
    const foreground = keep(new cv.Mat());
    copyColours(image, rgb.data);
    mask.data.set(labels);
    // GrabCut starts its colour clusters from OpenCV's own random numbers.
    cv.setRNGSeed(1);
    cv.grabCut(rgb, mask, new cv.Rect(0, 0, 1, 1), background, foreground, rounds, cv.GC_INIT_WITH_MASK);
    const person = mask.data.slice();
    for (let i = 0; i < person.length; i++)
      person[i] = person[i] === LABEL.person || person[i] === LABEL.likelyPerson ? 1 : 0;
    return person;
  });
}

/** @param out u8 [height, width, 3] */
function copyColours({ data }: Image, out: Uint8Array): void {
  for (let at = 0, to = 0; to < out.length; at += 4, to += 3) {
    out[to] = data[at];
    out[to + 1] = data[at + 1];
    out[to + 2] = data[at + 2];
  }
}
