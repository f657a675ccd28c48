import type { Image } from '@soliloquy/media';
import { StageError } from '@soliloquy/stage';
import { findEyes, type Eyes } from './eyes.ts';
import { detectFaces, type FaceBox, type Search } from './face-detector.ts';
import type { OpenCv } from './opencv.ts';

export interface FoundFace {
  readonly box: FaceBox;
  readonly eyes: Eyes;
}

/**
 * Cascade windows that suffice alone: faces of the development pictures have 54 or more, the worst of what is none 34.
 */
const PLAIN_VOTES = 45;
/** With both eyes clearly seen, as many suffice. */
const VOTES_WITH_EYES = 18;
/** A second face at least this large, in sides of the first, is worth a word. */
const COMPARABLE = 0.7;
/** So many faces as large make a picture of a group. One beside the person may be a poster, or none. */
const GROUP = 3;
/**
 * Tried one after the other: at 960 pixels a standing person's face has about 100; heads tilted by up to about 30° are
 * found; last, a face that is small in a large picture.
 */
const SEARCHES: readonly Search[] = [
  { tilt: 0, side: 960 },
  { tilt: 0.33, side: 960 },
  { tilt: -0.33, side: 960 },
  { tilt: 0, side: 1600 },
];

/**
 * The face of the person that the picture is of: the largest that both cascades and the eyes make plausible.
 *
 * @throws StageError `stage.no-face`: better no film than one that animates a cloud; `stage.many-faces`: of a group
 *   nobody can tell whom it shall be
 */
export function findFace(cv: OpenCv, image: Image, log: (message: string) => void): FoundFace {
  for (const search of SEARCHES) {
    if (search.side > 960 && Math.max(image.width, image.height) <= 960) continue;
    const faces = plausibleFaces(cv, image, search);
    const [face, second] = faces;
    if (!face) continue;
    refuseGroup(faces);
    if (second) {
      const share = second.box.size / face.box.size;
      const close =
        share > COMPARABLE
          ? `, though another is ${Math.round(share * 100)} % of its size: crop the picture if that is the wrong person`
          : '';
      log(
        'reference.image: more than one face; ' +
          `the largest, at ${Math.round(face.box.x)}, ${Math.round(face.box.y)}, is taken${close}`,
      );
    }
    return face;
  }
  throw new StageError({
    code: 'stage.no-face',
    where: 'reference.image',
    expected: 'the face of one person seen from the front',
    got: 'none found',
    remedy: 'give --landmarks FILE with the points of the face, or another picture',
  });
}

/** @throws StageError `stage.many-faces` */
function refuseGroup(faces: readonly FoundFace[]): void {
  const count = faces.filter(({ box }) => box.size > COMPARABLE * faces[0].box.size).length;
  if (count < GROUP) return;
  throw new StageError({
    code: 'stage.many-faces',
    where: 'reference.image',
    expected: 'the picture of one person',
    got: `${count} faces of about the same size`,
    remedy: 'crop it to one of them, or give --landmarks FILE with the points of the face',
  });
}

/** Faces that the votes of the cascades, or fewer of them and both eyes, make plausible; largest first. */
function plausibleFaces(cv: OpenCv, image: Image, search: Search): FoundFace[] {
  const boxes = detectFaces(cv, image, search);
  const most = Math.max(0, ...boxes.map((box) => box.votes));
  const faces: FoundFace[] = [];
  for (const box of boxes) {
    if (box.votes < VOTES_WITH_EYES || box.votes < 0.2 * most) continue;
    const eyes = findEyes(cv, image, box);
    if (box.votes >= PLAIN_VOTES || (eyes.cascadeHits === 2 && eyes.confidence > 0.6)) faces.push({ box, eyes });
  }
  return faces;
}
