import { resizedPupilFrame, toPupils, type Point, type PupilFrame } from '@soliloquy/face';
import type { Image } from '@soliloquy/media';
import { regionsOf, scalePlane, shrinkImage, type Plane } from '@soliloquy/planes';
import { skinLikeness } from './skin.ts';

export interface Hand {
  /** middle of the hand, pixels of the picture */
  readonly centre: Point;
  /** pixels of its skin, thinned */
  readonly outline: readonly Point[];
  readonly confidence: number;
}

/** Pixels for one pupil distance at which skin is looked for. */
const SCALE = 14;
/** Area of a hand's skin, squared pupil distances: a fist edge-on … a hand with a bare forearm. */
const LEAST_AREA = 0.35;
const MOST_AREA = 14;
/** About the radius of a hand. */
const HAND_RADIUS = 1.15;

/**
 * Hands: regions of the matte below the chin with the skin colour of this very face. Of a bare arm the end away from
 * the shoulder is the hand. The larger region of each side of the body counts; one region across the middle is two
 * clasped hands.
 */
export function findHands(image: Image, matte: Plane, face: PupilFrame): { pictureLeft?: Hand; pictureRight?: Hand } {
  const scale = Math.min(1, SCALE / face.unit);
  const width = Math.max(8, Math.round(image.width * scale));
  const height = Math.max(8, Math.round(image.height * scale));
  const small = shrinkImage(image, width, height);
  const cover = scalePlane(matte, width, height);
  const frame = resizedPupilFrame(face, image, small);
  const likeness = skinLikeness(small, frame);
  const mask = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const { u, v } = toPupils(frame, x + 0.5, y + 0.5);
      // The bare neck, shoulders and what a collar leaves open are no hand.
      const chest = v < (Math.abs(u) < 2.2 ? 5.2 : 4.4) && Math.abs(u) < 3.3;
      if (!chest && cover.data[at] > 0.5 && likeness.data[at] > 0) mask[at] = 1;
    }
  }
  const area = frame.unit ** 2;
  // Clothes of the colour of skin would make hands of a whole dress.
  const regions = regionsOf(mask, width, height).filter(
    (pixels) => pixels.length > LEAST_AREA * area && pixels.length < MOST_AREA * area,
  );
  const toPixels = (at: number): Point => ({
    x: (((at % width) + 0.5) * image.width) / width,
    y: ((Math.floor(at / width) + 0.5) * image.height) / height,
  });
  const found: { pictureLeft?: Hand; pictureRight?: Hand } = {};
  const sized = regions
    .map((pixels) => ({ pixels, u: mean(pixels.map((at) => toPupils(frame, at % width, Math.floor(at / width)).u)) }))
    .sort((a, b) => b.pixels.length - a.pixels.length);
  for (const side of [-1, 1] as const) {
    const region = sized.find(({ u, pixels }) => side * u > 0.35 || (Math.abs(u) <= 0.6 && pixels.length > 1.5 * area));
    if (!region) continue;
    const shoulder = { x: frame.x + side * 2.2 * frame.unit, y: frame.y + 3.3 * frame.unit };
    const clasped = Math.abs(region.u) <= 0.35;
    const half = clasped ? region.pixels.filter((at) => side * toPupils(frame, at % width, 0).u > -0.3) : region.pixels;
    if (half.length === 0) continue;
    const hand = farEnd(half, width, shoulder, frame.unit);
    found[side < 0 ? 'pictureLeft' : 'pictureRight'] = {
      centre: scaled(hand.centre, image.width / width, image.height / height),
      outline: hand.pixels.map(toPixels),
      confidence: clasped ? 0.4 : 0.7,
    };
  }
  return found;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function scaled(p: Point, sx: number, sy: number): Point {
  return { x: p.x * sx, y: p.y * sy };
}

/** The part of a region within a hand's length of its pixel farthest from the shoulder. */
function farEnd(
  pixels: readonly number[],
  width: number,
  shoulder: Point,
  unit: number,
): { centre: Point; pixels: number[] } {
  const place = (at: number): Point => ({ x: (at % width) + 0.5, y: Math.floor(at / width) + 0.5 });
  let tip = place(pixels[0]);
  let far = -1;
  for (const at of pixels) {
    const p = place(at);
    const distance = Math.hypot(p.x - shoulder.x, p.y - shoulder.y);
    if (distance > far) {
      far = distance;
      tip = p;
    }
  }
  const near = pixels.filter((at) => Math.hypot(place(at).x - tip.x, place(at).y - tip.y) < 2 * HAND_RADIUS * unit);
  return { centre: { x: mean(near.map((at) => place(at).x)), y: mean(near.map((at) => place(at).y)) }, pixels: near };
}
