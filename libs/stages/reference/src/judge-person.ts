import type { Image } from '@soliloquy/media';
import { StageError } from '@soliloquy/stage';
import { FACE, type Face, type PictureOfPeople, type SeenPerson } from '@soliloquy/whole-body';
import { isHandBefore } from './hand-before-mouth.ts';
import { FAINT_LIPS, isCovered, lipEvidence } from './lip-contrast.ts';

/** Somebody else of this size, weighed by score, is as likely meant as the main one. */
const COMPARABLE = 0.6;
/** Turned from the camera by more than this, half of the lips is not seen; degrees. */
const PROFILE = 40;
/** Two looks at a mesh that are this far apart, over the distance of the eyes, see no face. */
const UNBELIEVED = 0.15;
/** And from here on it is told. */
const DOUBTED = 0.038;

/** What is said of a picture that is refused. */
interface Refusal {
  readonly code: `stage.${string}`;
  readonly expected: string;
  readonly got: string;
  readonly remedy: string;
}

const ANOTHER = 'give another picture, or --landmarks FILE with the points of the face';

/**
 * The face that is brought to speak: of the one person of a picture, seen from the front, the mouth in the open.
 *
 * @throws StageError `stage.nobody`, `stage.several-people`, `stage.no-face` (from behind, or out of the picture),
 *   `stage.profile`, `stage.covered-mouth`
 */
export function judgePerson(image: Image, found: PictureOfPeople, log: (message: string) => void): Face {
  const { people, person, disagreement } = found;
  if (people.length === 0 || person === undefined)
    throw refused({ code: 'stage.nobody', expected: 'a picture of one person', got: 'nobody', remedy: ANOTHER });
  tellOthers(people, log);
  const { face } = person;
  if (face === undefined || face.presence < 0.5) throw refused(withoutFace(people[0]));
  const turned = yawOf(face);
  if (Math.abs(turned) > PROFILE)
    throw refused({
      code: 'stage.profile',
      expected: `a face turned from the camera by ${PROFILE}° at most`,
      got: `one at ${placeOf(people[0])}, turned by ${Math.round(Math.abs(turned))}°`,
      remedy: ANOTHER,
    });
  if (Math.max(disagreement.face ?? 0, disagreement.lips ?? 0) > UNBELIEVED)
    throw refused(covered(people[0], 'the mirrored picture has its lips elsewhere'));
  const lips = lipEvidence(image, face.points);
  if (isCovered(lips)) throw refused(covered(people[0], 'no lips are to be seen, and below the nose is no skin'));
  if (isHandBefore(found, face)) throw refused(covered(people[0], 'a hand is before it'));
  const doubt =
    (disagreement.lips ?? 0) > DOUBTED
      ? `the mirrored picture has them ${Math.round(100 * disagreement.lips!)} % of the distance of the eyes elsewhere`
      : lips.contrast < FAINT_LIPS
        ? 'they hardly differ from the skin around them'
        : undefined;
  if (doubt) log(`reference.image: the lips are unsure (${doubt}): is the mouth in the open?`);
  return face;
}

function refused({ code, expected, got, remedy }: Refusal): StageError {
  return new StageError({ code, where: 'reference.image', expected, got, remedy });
}

function withoutFace(main: SeenPerson): Refusal {
  return {
    code: 'stage.no-face',
    expected: 'the face of one person seen from the front',
    got: `a person at ${placeOf(main)} whose face is not to be seen`,
    remedy: ANOTHER,
  };
}

function covered(main: SeenPerson, why: string): Refusal {
  return {
    code: 'stage.covered-mouth',
    expected: 'a mouth in the open',
    got: `a face at ${placeOf(main)} whose mouth is covered: ${why}`,
    remedy: ANOTHER,
  };
}

/** @throws StageError `stage.several-people` where somebody else is about as large as the main one */
function tellOthers(people: readonly SeenPerson[], log: (message: string) => void): void {
  const [main, ...others] = people;
  if (others.length === 0) return;
  const weight = ({ size, score }: SeenPerson): number => size * score;
  const large = people.filter((one) => weight(one) > COMPARABLE * weight(main));
  if (large.length > 1)
    throw refused({
      code: 'stage.several-people',
      expected: 'a picture of one person',
      got: `${people.length} people; about the same size are those at ${large.map(placeOf).join('; ')}`,
      remedy: 'crop it to one of them, or give --landmarks FILE with the points of the face',
    });
  log(
    `reference.image: ${people.length} people are seen; the largest, at ${placeOf(main)}, is taken, ` +
      `not those at ${others.map(placeOf).join('; ')}`,
  );
}

/** Middle of the face, pixels. */
function placeOf({ x, y }: SeenPerson): string {
  return `${Math.round(x)}, ${Math.round(y)}`;
}

/** By how much a face is turned about its vertical, degrees: by the depth of its sides. */
export function yawOf({ points }: Face): number {
  const [right, left] = [points[FACE.rightEar], points[FACE.leftEar]];
  return (Math.atan2(left.z - right.z, Math.hypot(left.x - right.x, left.y - right.y)) * 180) / Math.PI;
}
