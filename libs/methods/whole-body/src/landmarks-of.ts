import type { DenseHand, DensePoint, LandmarkName, LandmarkPoint, Landmarks } from '@soliloquy/ports';
import type { Face } from './face.ts';
import type { PictureOfPeople, WholeBody } from './find-person.ts';
import { SIDES, type Hand } from './hand.ts';
import type { Disagreement } from './mirror.ts';
import { coverageAtPlace, type PersonMask } from './person-mask.ts';
import { BODY, FACE, HAND_POINTS, type BodyPoint, type BodyPointName } from './point.ts';
import { between, placeOf, type Place } from './region.ts';

type Points = Partial<Record<LandmarkName, LandmarkPoint>>;

/** Points of the face that the mesh has under the port's own names. */
const OF_MESH = [
  'chin',
  'noseTip',
  'leftEar',
  'rightEar',
  'leftBrow',
  'rightBrow',
  'leftEye',
  'leftEyeInner',
  'leftEyeOuter',
  'leftEyeTop',
  'leftEyeBottom',
  'rightEye',
  'rightEyeInner',
  'rightEyeOuter',
  'rightEyeTop',
  'rightEyeBottom',
  'mouthLeft',
  'mouthRight',
  'upperLipTop',
  'lowerLipBottom',
] as const satisfies readonly (LandmarkName & keyof typeof FACE)[];

/** Joints that the body has under the port's own names. */
const OF_BODY = [
  'leftShoulder',
  'rightShoulder',
  'leftElbow',
  'rightElbow',
  'leftWrist',
  'rightWrist',
  'leftHip',
  'rightHip',
  'leftKnee',
  'rightKnee',
  'leftAnkle',
  'rightAnkle',
] as const satisfies readonly (LandmarkName & BodyPointName)[];

/** A joint or a hand that is less sure than this is not shown by the picture. */
const SEEN = 0.5;
/** A face or lips of which two looks are this far apart are not to be believed at all. */
const UNBELIEVED = 0.2;
/** The neck, below the chin on the way to the shoulders: share of that way. */
const NECK = 0.3;
/** How far above the forehead a head may end, heights of the face; and in steps of how much it is looked for. */
const MOST_HAIR = 1;
const STEP = 0.01;

/**
 * The main person of a picture as the port `landmarks` has it: every point of the face; of body and hands what the
 * picture shows; the mesh of the face and both hands.
 *
 * The top of the head is where the mask of people ends above the forehead; the hand is the knuckle of the middle
 * finger; an ear that is turned away is a guess. The confidence of the face, and of its lips, falls with how far the
 * look at the mirrored picture is from the other.
 *
 * @param size of the picture, pixels
 * @returns    undefined where no face is seen, which the port asks for
 */
export function landmarksOf(
  { person, masks, disagreement }: PictureOfPeople,
  { width, height }: { readonly width: number; readonly height: number },
): Landmarks | undefined {
  if (person?.face === undefined) return undefined;
  const inside = ({ x, y }: BodyPoint): boolean => x >= 0 && y >= 0 && x < width && y < height;
  const points: Points = { ...bodyPoints(person, inside), ...facePoints(person.face, masks.people, disagreement) };
  const { left, right } = person.hands;
  return {
    width,
    height,
    points: points as Landmarks['points'],
    mesh: person.face.points.map(densePoint),
    hands: { ...(left && { left: denseHand(left) }), ...(right && { right: denseHand(right) }) },
  };
}

function denseHand({ presence, points }: Hand): DenseHand {
  return { presence, points: points.map(densePoint) };
}

function densePoint({ x, y, z }: BodyPoint): DensePoint {
  return [x, y, z];
}

/** Points of the lips. */
const LIPS: ReadonlySet<string> = new Set(['mouthLeft', 'mouthRight', 'upperLipTop', 'mouthCenter', 'lowerLipBottom']);

function facePoints(face: Face, people: PersonMask, disagreement: Disagreement): Points {
  const { points, presence } = face;
  const believed = (apart = 0): number => presence * Math.max(0, 1 - apart / UNBELIEVED);
  const [ofFace, ofLips] = [believed(disagreement.face), believed(disagreement.lips)];
  const at = (name: keyof typeof FACE): Place => placeOf(points[FACE[name]]);
  const put = (name: LandmarkName, [x, y]: Place): LandmarkPoint => ({
    x,
    y,
    confidence: LIPS.has(name) ? ofLips : ofFace,
  });
  return {
    ...Object.fromEntries(OF_MESH.map((name) => [name, put(name, at(name))])),
    mouthCenter: put('mouthCenter', between(at('upperLipBottom'), at('lowerLipTop'))),
    headTop: put('headTop', topOfHead(at('chin'), at('forehead'), people)),
  };
}

/** From the forehead upwards, until the mask ends. */
function topOfHead(chin: Place, forehead: Place, people: PersonMask): Place {
  let top = forehead;
  for (let above = STEP; above <= MOST_HAIR; above += STEP) {
    const place = between(chin, forehead, 1 + above);
    if (coverageAtPlace(people, place) < 0.5) break;
    top = place;
  }
  return top;
}

function bodyPoints({ body, face, hands }: WholeBody, inside: (point: BodyPoint) => boolean): Points {
  if (body === undefined) return {};
  const points: Points = {};
  const put = (name: LandmarkName, point: BodyPoint): void => {
    const { x, y, confidence } = point;
    if (confidence >= SEEN && inside(point)) points[name] = { x, y, confidence };
  };
  for (const name of OF_BODY) put(name, body.points[BODY[name]]);
  const [left, right] = [body.points[BODY.leftShoulder], body.points[BODY.rightShoulder]];
  const chin = placeOf(face!.points[FACE.chin]);
  const [x, y] = between(chin, between(placeOf(left), placeOf(right)), NECK);
  put('neck', { x, y, z: 0, confidence: Math.min(left.confidence, right.confidence) });
  for (const side of SIDES) {
    const hand = hands[side];
    if (hand === undefined) continue;
    put(`${side}Hand`, hand.points[HAND_POINTS.indexOf('middleMcp')]);
    put(`${side}Fingertip`, hand.points[HAND_POINTS.indexOf('middleTip')]);
  }
  return points;
}
