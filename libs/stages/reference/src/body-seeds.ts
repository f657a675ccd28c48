import { boxMean, type Plane } from '@soliloquy/planes';
import { maskOver, type PersonMask, type PictureOfPeople } from '@soliloquy/whole-body';
import { drawBody, faceHeight, type Scaled } from './body-drawing.ts';
import { LABEL } from './graph-cut.ts';
import type { OpenCv } from './opencv.ts';

/** Mean of both masks above which a pixel is the person, and below which it is not. */
const PERSON = 0.95;
const BACKGROUND = 0.05;
/** And which the middle of a limb has: less, and something is before it. */
const LIMB = 0.3;
/** How far beyond the masks' person the cut may go, heights of the face: further is furniture of the same color. */
const BEYOND = 0.12;
/** And around the head, where masks may miss a whole ponytail. */
const HAIR_BEYOND = 0.35;

/** What is known of the pixels before their colors are looked at. */
export interface Seeds {
  /** u8 [height, width], values of `LABEL` */
  readonly labels: Uint8Array;
  /** u8 [height, width], above 0 where a hole within the person may be one */
  readonly gaps: Uint8Array;
}

/**
 * Seeds of the main person's matte: the person where both masks agree on it, or face, joints and fingers say so; the
 * background where both agree on that, away from the head, hands and feet; what is between is left to the colors, with
 * what the masks find likelier.
 *
 * @param found the main person has a face
 */
export function bodySeeds(cv: OpenCv, found: PictureOfPeople, on: Scaled): Seeds {
  const coverage = personCoverage(found, on);
  const { sure, limbs, fingers, gaps, open, hair } = drawBody(cv, found, on);
  const unit = faceHeight(found.person!.face!) * on.scale;
  const masked: Plane = { ...on, data: coverage.map((value) => (value > 0.5 ? 1 : 0)) };
  const near = boxMean(masked, Math.max(1, Math.round(BEYOND * unit))).data;
  const nearHair = boxMean(masked, Math.max(1, Math.round(HAIR_BEYOND * unit))).data;
  const labelOf = (value: number, i: number): number => {
    if (sure[i] > 0 || (limbs[i] > 0 && value > LIMB)) return LABEL.person;
    if (fingers[i] > 0) return LABEL.likelyPerson;
    if (value > PERSON) return gaps[i] > 0 ? LABEL.likelyPerson : LABEL.person;
    if (value > 0.5) return LABEL.likelyPerson;
    if (open[i] > 0 || (hair[i] > 0 && nearHair[i] > 1e-4)) return LABEL.likelyBackground;
    return value < BACKGROUND || near[i] < 1e-4 ? LABEL.background : LABEL.likelyBackground;
  };
  const labels = new Uint8Array(coverage.length);
  for (let i = 0; i < labels.length; i++) labels[i] = labelOf(coverage[i], i);
  return { labels, gaps };
}

/**
 * Mean of the body network's mask and that of people; among several people only where the body's own is.
 *
 * @returns f32 [height, width] 0 … 1
 */
function personCoverage({ people, masks }: PictureOfPeople, on: Scaled): Float32Array {
  const all = maskOver(resized(masks.people, on), on);
  if (masks.body === undefined) return all;
  const own = maskOver(resized(masks.body, on), on);
  const alone = people.length === 1;
  return all.map((value, i) => (alone || own[i] > 0.1 ? (value + own[i]) / 2 : 0));
}

function resized({ region, coverage }: PersonMask, { scale }: Scaled): PersonMask {
  const { x, y, width, height, angle } = region;
  return { region: { x: x * scale, y: y * scale, width: width * scale, height: height * scale, angle }, coverage };
}
