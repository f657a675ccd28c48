import type { Image } from '@soliloquy/media';
import { bodyRegion, findBody, type Body, type BodyNetwork } from './body.ts';
import { detect, type Detection } from './detector.ts';
import { exposed } from './exposure.ts';
import { faceRegion, findFace, regionOfSeenFace, type Face } from './face.ts';
import { findHand, lookAgainAtHand, seekHand, seekHandsAtFace, SIDES, type Hand, type Side } from './hand.ts';
import { dropDoubledHand } from './hands-apart.ts';
import { disagreementOf, meanBody, meanFace, meanHand, type Disagreement } from './mirror.ts';
import type { Networks } from './networks.ts';
import { bodyMask, findPeopleMask, type PersonMask } from './person-mask.ts';
import { Picture } from './picture.ts';
import { BODY } from './point.ts';
import { boundsOf, distance, placeOf, squareAt, type Region } from './region.ts';
import { LEAST, seePeople, type SeenPerson } from './see-people.ts';

/** One person of a picture. */
export interface WholeBody {
  /** Absent where only a face is seen. */
  readonly body: Body | undefined;
  /** Absent where none is seen: from behind, or out of the picture. */
  readonly face: Face | undefined;
  /** The person's own sides; a hand with a presence below 0.5 is a guess. Absent where the wrist leaves the picture. */
  readonly hands: Readonly<Partial<Record<Side, Hand>>>;
}

/** What a picture shows of people. */
export interface PictureOfPeople {
  /** Everybody found, the main one first: the largest, weighed by how sure it is. Empty where nobody is. */
  readonly people: readonly SeenPerson[];
  /** The main one. */
  readonly person: WholeBody | undefined;
  /** How far the networks contradict themselves on the mirrored picture, over sizes of the person. */
  readonly disagreement: Disagreement;
  /** Hands before the main person's face or beside it, whoever's. */
  readonly handsAtFace: readonly Hand[];
  /** Masks of the person (`heavy` has it) and of everybody. */
  readonly masks: { readonly body: PersonMask | undefined; readonly people: PersonMask };
}

/** How sure the detector must be of a face within a head that a body has. */
const LEAST_FACE_OF_BODY = 0.3;
/** Where a body is looked for below a face, and how large: faces of this size. */
const BELOW = 2;
const AROUND = 8;

/**
 * Finds the people of a picture, and of the main one the body's joints, the mesh of the face, both hands and masks. All
 * points are the mean of a look at the picture and one at the mirrored picture; how far these two are apart is told: it
 * finds covered faces, which no score does.
 *
 * @param image clear places are shown as grey
 */
export async function findPerson(networks: Networks, image: Image): Promise<PictureOfPeople> {
  const picture = new Picture(exposed(image));
  const seen = await seePeople(networks, picture);
  const people = seen.map(({ person }) => person);
  const masks = { body: undefined, people: await findPeopleMask(networks, picture) };
  if (seen.length === 0) return { people, person: undefined, disagreement: {}, handsAtFace: [], masks };
  const [{ person: main, body = await bodyBelow(networks, picture, main), face }] = seen;
  const straight = await lookAt(networks, picture, { body, face });
  const { person: first } = await withMirrored(networks, picture, straight);
  const again = await lookAgain(networks, picture, first);
  const { person, disagreement } = await withMirrored(networks, picture, again);
  const handsAtFace = person.face ? await seekHandsAtFace(networks, picture, person.face.region) : [];
  return { people, person, disagreement, handsAtFace, masks: { ...masks, body: person.body && bodyMask(person.body) } };
}

/** The body of somebody of whom only a face was seen, looked for nearer by. */
export async function bodyBelow(
  networks: Networks,
  picture: Picture,
  { x, y, size }: SeenPerson,
): Promise<Detection | undefined> {
  const region = squareAt([x, y + BELOW * size], AROUND * size);
  const bodies = await detect(networks, picture, { what: 'body', region, least: LEAST });
  return bodies.find((body) => distance(placeOf(body), [x, y]) < size);
}

/** The main person, seen once. */
async function lookAt(
  networks: Networks,
  picture: Picture,
  detected: { readonly body: Detection | undefined; readonly face: Detection | undefined },
): Promise<WholeBody> {
  const body = detected.body && (await lookAtBody(networks, picture, { found: detected.body, network: 'heavy' }));
  const face = await lookAtFace(networks, picture, { body, seen: detected.face });
  if (body === undefined) return { body, face, hands: {} };
  const hands: Partial<Record<Side, Hand>> = {};
  for (const side of SIDES) hands[side] = await seekHand(networks, picture, { body, side, thorough: true });
  return { body, face, hands: dropDoubledHand(hands) };
}

/** A body that was detected, looked at twice: the second region is the better one. */
export async function lookAtBody(
  networks: Networks,
  picture: Picture,
  { found, network }: { readonly found: Detection; readonly network: BodyNetwork },
): Promise<Body> {
  const [hips, edge] = found.keyPoints;
  const first = await findBody(networks, picture, { region: bodyRegion([hips, edge]), network });
  return findBody(networks, picture, { region: bodyRegion(first.circle), network });
}

/** The face within the head of a body, else the one that was seen with it. */
export async function lookAtFace(
  networks: Networks,
  picture: Picture,
  { body, seen }: { readonly body: Body | undefined; readonly seen: Detection | undefined },
): Promise<Face | undefined> {
  const inHead = body
    ? await detect(networks, picture, { what: 'face', region: headRegion(body), least: LEAST_FACE_OF_BODY })
    : [];
  const found = inHead[0] ?? seen;
  if (found === undefined) return undefined;
  const first = await findFace(networks, picture, regionOfSeenFace(found));
  return findFace(networks, picture, faceRegion(first));
}

/** A generous square around the points of the head, turned as the body is: a detector knows upright faces. */
export function headRegion({ points, region }: Body): Region {
  const head = points.slice(0, BODY.mouthRight + 1).map(placeOf);
  const { x, y, width, height, angle } = boundsOf(head, region.angle);
  return squareAt([x, y], 3 * Math.max(width, height), angle);
}

/** The person seen in the regions in which two looks put them: those of the detectors lean to one side. */
async function lookAgain(networks: Networks, picture: Picture, { body, face, hands }: WholeBody): Promise<WholeBody> {
  const again: Partial<Record<Side, Hand>> = {};
  for (const side of SIDES) {
    const hand = hands[side];
    if (hand) again[side] = await lookAgainAtHand(networks, picture, hand);
  }
  return {
    body: body && (await findBody(networks, picture, { region: bodyRegion(body.circle), network: 'heavy' })),
    face: face && (await findFace(networks, picture, faceRegion(face))),
    hands: again,
  };
}

/** The person seen once more, mirrored, in the same regions; and the mean of both looks. */
async function withMirrored(
  networks: Networks,
  picture: Picture,
  { body, face, hands }: WholeBody,
): Promise<{ person: WholeBody; disagreement: Disagreement }> {
  const other: { body?: Body; face?: Face; hands: Partial<Record<Side, Hand>> } = { hands: {} };
  if (body) other.body = await findBody(networks, picture, { region: body.region, network: 'heavy', mirrored: true });
  if (face) other.face = await findFace(networks, picture, face.region, { mirrored: true });
  for (const side of SIDES) {
    const hand = hands[side];
    if (hand) other.hands[side] = await findHand(networks, picture, hand.region, { mirrored: true });
  }
  const mean = (side: Side): Hand | undefined => hands[side] && meanHand(hands[side], other.hands[side]!);
  return {
    person: {
      body: body && meanBody(body, other.body!),
      face: face && meanFace(face, other.face!),
      hands: { left: mean('left'), right: mean('right') },
    },
    disagreement: disagreementOf({ body, face, hands }, other),
  };
}
