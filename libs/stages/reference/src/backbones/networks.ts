import { pupilFrame } from '@soliloquy/face';
import type { Image } from '@soliloquy/media';
import type { Plane } from '@soliloquy/planes';
import type { Landmarks } from '@soliloquy/ports';
import type { RunOf } from '@soliloquy/stage';
import { findPerson, landmarksOf, Networks, type PictureOfPeople } from '@soliloquy/whole-body';
import { fillBehind } from '../background.ts';
import { freeForeground } from '../foreground-colours.ts';
import { fittedBackground, scaleLandmarks } from '../given.ts';
import { judgePerson } from '../judge-person.ts';
import { withLeftovers } from '../left-of-person.ts';
import { matteOf } from '../matte-of-picture.ts';
import { cutMatte } from '../matte.ts';
import { loadOpenCv, type OpenCv } from '../opencv.ts';
import { personMatte } from '../person-matte.ts';
import type { referenceStage } from '../stage.ts';
import { topOfHead } from '../top-of-head.ts';
import { overGrey, withMatte, workingPicture } from '../working-picture.ts';

/** Pupil distances from the matte within which something of the person may have been left out. */
const LEFT = 0.28;
/** By how many pupil distances the matte is grown for the colours of the background behind it. */
const GROW = 0.1;
/** Beyond so many pupil distances from the matte the background keeps the picture's own pixels. */
const KEEP = 0.025;
/** People, matte, background. */
const STEPS = 3;

/**
 * @throws StageError where the picture is none of one person with the face in the open (`judgePerson`),
 *   `stage.too-small` for pictures below 64 pixels, `stage.size-mismatch` when points or background are of another
 *   picture; ImportError where a network's package is missing, altered or of another version
 */
export const run: RunOf<typeof referenceStage, 'networks'> = async (inputs, params, ctx) => {
  const image = workingPicture(inputs.image, params.area);
  const given = inputs.landmarks && scaleLandmarks(inputs.landmarks, image.width, image.height);
  const log = (message: string): void => ctx.log(message);
  const { cv } = await loadOpenCv();

  await ctx.step(0, STEPS, 'people');
  const solid = overGrey(image);
  const found = await look(solid, ctx.threads);
  const seen = given ?? seenLandmarks(solid, found, log);
  await ctx.step(1, STEPS, 'matte');
  const frame = pupilFrame(seen.points.rightEye, seen.points.leftEye);
  const {
    matte,
    room,
    given: cutOut,
  } = matteOf({ cv, image, solid, cut: cutterOf(cv, found, { seen, log }) }, frame, log);
  const landmarks = given ?? topOfHead(seen, matte);
  await ctx.step(2, STEPS, 'background');
  const background = inputs.background
    ? await fittedBackground(inputs.background, image)
    : roomBehind(cv, room, matte, landmarks);
  const person = withMatte(image, matte);
  if (!cutOut) freeForeground(person, matte, background);
  ctx.progress(STEPS, STEPS, 'done');
  return { image: person, landmarks, background };
};

/** The room behind the person, and behind what the matte left out of the person. */
function roomBehind(cv: OpenCv, room: Image, matte: Plane, landmarks: Landmarks): Image {
  const { unit } = pupilFrame(landmarks.points.rightEye, landmarks.points.leftEye);
  const far = fillBehind(cv, room, matte, { grow: LEFT * unit });
  const whole = withLeftovers({ image: room, matte, room: far }, landmarks, unit, LEFT);
  return fillBehind(cv, room, whole, { grow: GROW * unit, keep: KEEP * unit });
}

async function look(image: Image, threads: number): Promise<PictureOfPeople> {
  const networks = new Networks({ threads });
  try {
    return await findPerson(networks, image);
  } finally {
    await networks.dispose();
  }
}

/** @throws StageError of `judgePerson` */
function seenLandmarks(image: Image, found: PictureOfPeople, log: (message: string) => void): Landmarks {
  judgePerson(image, found, log);
  return landmarksOf(found, image)!;
}

/**
 * Cuts out the person whose points are known. Where the networks see nobody there (a drawing, of which points were
 * given) the proportions of a body below its face have to do.
 */
function cutterOf(
  cv: OpenCv,
  found: PictureOfPeople,
  { seen, log }: { readonly seen: Landmarks; readonly log: (message: string) => void },
): (image: Image) => Plane {
  const frame = pupilFrame(seen.points.rightEye, seen.points.leftEye);
  const { person } = found;
  if (
    person?.face &&
    found.people.some(({ x, y }, i) => i === 0 && Math.hypot(x - frame.x, y - frame.y) < 1.5 * frame.unit)
  )
    return (image) => personMatte(cv, image, found);
  log('reference.landmarks: the networks see nobody there; the person is cut out by the proportions of a body');
  return (image) => cutMatte(cv, image, frame);
}
