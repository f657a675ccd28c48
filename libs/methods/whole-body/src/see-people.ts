import { detect, type Detection } from './detector.ts';
import { faceRegion, findFace, regionOfSeenFace } from './face.ts';
import { disagreementOf } from './mirror.ts';
import type { Networks } from './networks.ts';
import type { Picture } from './picture.ts';
import { between, distance, placeOf, squareAt, wholeOf, type Place, type Region } from './region.ts';

/** Somebody in a picture: where the head is, and how sure it is. */
export interface SeenPerson {
  /** middle of the face, pixels */
  readonly x: number;
  readonly y: number;
  /** side of a square around the face, pixels */
  readonly size: number;
  /** 0 … 1 */
  readonly score: number;
  /** What found them. */
  readonly by: 'body' | 'face';
}

/** How sure the detector of bodies, or of faces that are large in the picture, must be that somebody is there. */
export const LEAST = 0.5;
/** And of faces in a part of the picture, which badges and folds look like: those of groups had 0.82 and more. */
const LEAST_IN_PART = 0.7;
/** Beside others a face with a lower score and no body counts where its mesh is this much the same when mirrored. */
const SURE = 0.82;
const ALIKE = 0.04;
/** Side of such a part over the longer side of the picture. */
const PART = 0.6;
/** Pixels; below there are no people. */
const LEAST_SIDE = 16;
/** Of the way from the hips to the edge of the circle around a body: where its face is, and how large. */
const FACE_AT = 0.8;
const FACE_SIZE = 0.2;
/** How far from there a face may be that is this body's. */
const OFF = 0.3;

/** Somebody found, with what the detectors said. */
export interface Seen {
  readonly person: SeenPerson;
  readonly body: Detection | undefined;
  readonly face: Detection | undefined;
}

/** Everybody in a picture, largest and surest first: bodies, with the faces that are theirs, and faces without one. */
export async function seePeople(networks: Networks, picture: Picture): Promise<Seen[]> {
  if (Math.min(picture.width, picture.height) < LEAST_SIDE) return [];
  const bodies = await detect(networks, picture, { what: 'body', region: wholeOf(picture), least: LEAST });
  const faces = await seeFaces(networks, picture);
  const free = new Set(faces);
  const seen = bodies.map((body) => {
    const face = [...free].find((other) => distance(placeOf(other), headOf(body)) < OFF * reachOf(body));
    if (face) free.delete(face);
    return seenAs(body, face);
  });
  const doubtful: Detection[] = [];
  for (const face of free) {
    const counts = face.score > SURE || (await isSeenAlike(networks, picture, face));
    if (counts) seen.push(seenAs(undefined, face));
    else doubtful.push(face);
  }
  // A face in profile is one of these too: where nobody else is, it is told.
  if (seen.length === 0) seen.push(...doubtful.map((face) => seenAs(undefined, face)));
  return seen.sort((a, b) => b.person.size * b.person.score - a.person.size * a.person.score);
}

/** Faces of the whole picture and of its parts, surest first, each once. */
async function seeFaces(networks: Networks, picture: Picture): Promise<Detection[]> {
  const faces = await detect(networks, picture, { what: 'face', region: wholeOf(picture), least: LEAST });
  for (const region of partsOf(picture))
    faces.push(...(await detect(networks, picture, { what: 'face', region, least: LEAST_IN_PART })));
  const kept: Detection[] = [];
  for (const face of faces.sort((a, b) => b.score - a.score)) {
    const isNew = kept.every(
      (other) => distance(placeOf(face), placeOf(other)) > Math.max(face.width, other.width) / 2,
    );
    if (isNew) kept.push(face);
  }
  return kept;
}

/** Whether the mesh of a face is the same on the mirrored picture: that of a badge or a fold is not. */
async function isSeenAlike(networks: Networks, picture: Picture, seen: Detection): Promise<boolean> {
  const first = await findFace(networks, picture, regionOfSeenFace(seen));
  const region = faceRegion(first);
  const face = await findFace(networks, picture, region);
  const mirrored = await findFace(networks, picture, region, { mirrored: true });
  const apart = disagreementOf({ face, hands: {} }, { face: mirrored, hands: {} });
  return face.presence > 0.5 && (apart.face ?? 1) < ALIKE;
}

function seenAs(body: Detection | undefined, face: Detection | undefined): Seen {
  if (body === undefined) {
    const { x, y, width, height, score } = face!;
    return { person: { x, y, size: Math.max(width, height), score, by: 'face' }, body, face };
  }
  const [x, y] = face ? placeOf(face) : headOf(body);
  const size = face ? Math.max(face.width, face.height) : FACE_SIZE * reachOf(body);
  return { person: { x, y, size, score: Math.max(body.score, face?.score ?? 0), by: 'body' }, body, face };
}

/** Where the face of a body ought to be. */
function headOf({ keyPoints: [hips, edge] }: Detection): Place {
  return between(hips, edge, FACE_AT);
}

/** Pixels from the hips to the circle around the body. */
function reachOf({ keyPoints: [hips, edge] }: Detection): number {
  return distance(hips, edge);
}

/** Squares that overlap, one in each corner. */
function partsOf({ width, height }: Picture): Region[] {
  const side = PART * Math.max(width, height);
  const places = (length: number): number[] => (length <= side ? [length / 2] : [side / 2, length - side / 2]);
  return places(height).flatMap((y) => places(width).map((x) => squareAt([x, y], side)));
}
