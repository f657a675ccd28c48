import type { Body } from './body.ts';
import { detect, type Detection } from './detector.ts';
import type { Networks } from './networks.ts';
import type { Picture } from './picture.ts';
import { BODY, HAND_POINTS, type BodyPoint } from './point.ts';
import {
  between,
  boundsOf,
  distance,
  placeOf,
  squareAt,
  squared,
  toPicture,
  turnedSo,
  type Place,
  type Region,
} from './region.ts';

/** A side of a person, as the person has it. */
export const SIDES = ['left', 'right'] as const;
export type Side = (typeof SIDES)[number];

/** A hand in a picture. */
export interface Hand {
  /** How sure it is that there is one, 0 … 1; near 1 for anything like a hand. */
  readonly presence: number;
  /** By `HAND_POINTS`; confidence is the presence. */
  readonly points: readonly BodyPoint[];
  /** f32 [21, 3] metres, +x right, +y down, +z away from the camera */
  readonly world: Float32Array;
  /** How much it looks like a right hand, 0 … 1. */
  readonly rightness: number;
  readonly region: Region;
}

const SIZE = 224;
const RECROP_SIZE = 256;
/** A hand that points at the camera is foreshortened to nothing: it is looked for at its true size, of torsos. */
const LEAST_SIZE = 0.3;
/** A palm of this score or more is looked at, two at most. */
const LEAST_PALM = 0.4;
const MOST_PALMS = 2;
/** Around a face: sides of it; a palm there has 0.8 or more (a face in the open up to 0.7), its hand this presence. */
const AT_FACE = { around: 1.6, palm: 0.78, presence: 0.5 };
/** The second look counts where it is nearly as sure as the first: its region is the better one. */
const AGAIN = 0.9;

/**
 * The joints of the hand in a region.
 *
 * @param mirrored look at it mirrored; the result is turned back
 */
export async function findHand(
  networks: Networks,
  picture: Picture,
  region: Region,
  { mirrored = false }: { readonly mirrored?: boolean } = {},
): Promise<Hand> {
  const crop = picture.crop(region, { size: SIZE, range: [0, 1], border: 'edge', mirrored });
  const outputs = await networks.run('hand-landmarks', crop);
  const presence = outputs.Identity_1[0];
  const rightness = mirrored ? 1 - outputs.Identity_2[0] : outputs.Identity_2[0];
  const raw = outputs.Identity;
  const points = HAND_POINTS.map((_, i): BodyPoint => {
    const u = raw[3 * i] / SIZE;
    const [x, y] = toPicture(region, mirrored ? 1 - u : u, raw[3 * i + 1] / SIZE);
    return { x, y, z: (raw[3 * i + 2] / SIZE) * region.width, confidence: presence };
  });
  const world = outputs.Identity_3.slice();
  if (mirrored) for (let i = 0; i < world.length; i += 3) world[i] = -world[i];
  return { presence, points, world, rightness, region };
}

/** Where a hand is looked at next: the square around its joints, the middle finger up. */
export function handRegion({ points }: Pick<Hand, 'points'>): Region {
  const places = points.map(placeOf);
  const knuckles = between(between(places[5], places[13]), places[9]);
  return squared(boundsOf(places, turnedSo(places[0], knuckles, 'up')), 1.6);
}

/** Pixels from the wrist to the knuckle of the middle finger: the unit in which a hand's errors are told. */
export function handSpan({ points }: Pick<Hand, 'points'>): number {
  return Math.hypot(points[0].x - points[9].x, points[0].y - points[9].y);
}

/** Where a body's joints put a hand: its region, upright from the wrist to the fingers. */
interface Guess {
  readonly wrist: Place;
  readonly region: Region;
}

function guessOf({ points }: Body, side: Side): Guess {
  const place = (joint: 'Wrist' | 'Index' | 'Pinky'): Place => placeOf(points[BODY[`${side}${joint}`]]);
  const wrist = place('Wrist');
  const middle = between(place('Index'), place('Pinky'), 1 / 3);
  const torso = distance(placeOf(points[BODY.leftShoulder]), placeOf(points[BODY.rightHip]));
  const size = Math.max(2 * distance(wrist, middle), LEAST_SIZE * torso);
  return { wrist, region: squareAt(middle, size, turnedSo(wrist, middle, 'up')) };
}

/** Whether a body's wrist lies in the picture, so that it is worth while to look for the hand. */
export function showsWrist({ points }: Body, side: Side, { width, height }: Picture): boolean {
  const { x, y } = points[BODY[`${side}Wrist`]];
  return x >= 0 && y >= 0 && x <= width && y <= height;
}

/**
 * A hand of a body. Where the body's joints put it a small network gives a first region; the palm detector, which
 * looks at a larger square around it, gives others. Each is looked at twice, the second time where the first put the
 * joints, and the surest hand is kept: of 17 hands the first way found 7 better, the second 10.
 *
 * @param thorough whether the palm detector looks too; in films now and then is enough
 */
export async function seekHand(
  networks: Networks,
  picture: Picture,
  { body, side, thorough }: { readonly body: Body; readonly side: Side; readonly thorough: boolean },
): Promise<Hand> {
  const guess = guessOf(body, side);
  const regions = [await recropped(networks, picture, guess.region)];
  if (thorough) regions.push(...(await palmRegions(networks, picture, guess)));
  let best: Hand | undefined;
  for (const region of regions) {
    const hand = await lookTwice(networks, picture, region);
    if (best === undefined || hand.presence > best.presence) best = hand;
  }
  return best!;
}

async function lookTwice(networks: Networks, picture: Picture, region: Region): Promise<Hand> {
  return lookAgainAtHand(networks, picture, await findHand(networks, picture, region));
}

/** A hand seen in the region of its joints, if it is nearly as sure there. */
export async function lookAgainAtHand(networks: Networks, picture: Picture, hand: Hand): Promise<Hand> {
  const again = await findHand(networks, picture, handRegion(hand));
  return again.presence > hand.presence * AGAIN ? again : hand;
}

async function recropped(networks: Networks, picture: Picture, guess: Region): Promise<Region> {
  const region = squared(guess, 2.7, -0.1);
  const crop = picture.crop(region, { size: RECROP_SIZE, range: [0, 1], border: 'edge' });
  const { output_crop: places } = await networks.run('hand-recrop', crop);
  const [centre, rim] = [0, 2].map((k) => toPicture(region, places[k] / RECROP_SIZE, places[k + 1] / RECROP_SIZE));
  return squareAt(centre, 2 * distance(centre, rim), turnedSo(centre, rim, 'down'));
}

async function palmRegions(networks: Networks, picture: Picture, { wrist, region }: Guess): Promise<Region[]> {
  const around = squareAt([region.x, region.y], 4 * region.width);
  const palms = await detect(networks, picture, { what: 'palm', region: around, least: LEAST_PALM });
  return palms
    .slice(0, MOST_PALMS)
    .filter(({ keyPoints }) => distance(keyPoints[0], wrist) < 1.2 * region.width)
    .map(regionOfPalm);
}

function regionOfPalm({ x, y, width, height, keyPoints }: Detection): Region {
  const palm = { x, y, width, height, angle: turnedSo(keyPoints[0], keyPoints[2], 'up') };
  return squared({ ...palm, width: Math.max(width, height), height: Math.max(width, height) }, 2.6, -0.5);
}

/**
 * Hands before a face or beside it, whoever's: where a body's joints put its hands they are not looked for there.
 *
 * @param face the square around the mesh
 */
export async function seekHandsAtFace(networks: Networks, picture: Picture, face: Region): Promise<Hand[]> {
  const around = squareAt([face.x, face.y], AT_FACE.around * face.width);
  const palms = await detect(networks, picture, { what: 'palm', region: around, least: AT_FACE.palm });
  const hands: Hand[] = [];
  for (const palm of palms.slice(0, MOST_PALMS)) {
    const hand = await lookTwice(networks, picture, regionOfPalm(palm));
    if (hand.presence > AT_FACE.presence) hands.push(hand);
  }
  return hands;
}
