import { pupilFrame, type PupilFrame } from '@soliloquy/face';
import { resizeImage, type Image } from '@soliloquy/media';
import type { Landmarks } from '@soliloquy/ports';
import { StageError, type RunOf } from '@soliloquy/stage';
import { alphaOutline } from '../alpha-outline.ts';
import { fillBehind } from '../background.ts';
import { findBody } from '../body-landmarks.ts';
import { fitHead, pointsOfShape, shapeFace } from '../face-landmarks.ts';
import { findFace } from '../find-face.ts';
import { scaleLandmarks } from '../given.ts';
import { cutMatte } from '../matte.ts';
import { loadOpenCv, type OpenCv } from '../opencv.ts';
import { shrinkImage, type Plane } from '../plane.ts';
import type { referenceStage } from '../stage.ts';

/** Sides below this are no picture of a person. */
const LEAST_SIDE = 64;
/** By how many pupil distances the matte is grown for the background. */
const GROW = 0.28;
/** Face, mouth, matte, body, background. */
const STEPS = 5;

/**
 * @throws StageError `stage.no-face` when no face is sure enough, `stage.too-small` for pictures below 64 pixels,
 *   `stage.size-mismatch` when points or background are of another picture
 */
export const run: RunOf<typeof referenceStage, 'photo'> = async (inputs, params, ctx) => {
  const image = reduced(inputs.image, params.area);
  if (Math.min(image.width, image.height) < LEAST_SIDE)
    throw new StageError({
      code: 'stage.too-small',
      where: 'reference.image',
      expected: `sides of at least ${LEAST_SIDE} pixels`,
      got: `${image.width}x${image.height}`,
      remedy: 'give a larger picture',
    });
  const given = inputs.landmarks && scaleLandmarks(inputs.landmarks, image.width, image.height);
  const { cv } = await loadOpenCv();

  await ctx.step(0, STEPS, 'face');
  const solid = overGrey(image);
  const found = given ? undefined : findFace(cv, solid, (message) => ctx.log(message));
  const frame = found ? found.eyes.frame : frameOfPoints(given!);
  await ctx.step(1, STEPS, 'mouth');
  const shape = found && shapeFace(solid, found);
  await ctx.step(2, STEPS, 'matte');
  const { matte, room } = matteOf({ cv, image, solid }, frame, (message) => ctx.log(message));
  await ctx.step(3, STEPS, 'body');
  let landmarks = given;
  if (found && shape) {
    const fitted = fitHead(shape, frame, matte);
    const face = pointsOfShape(fitted, frame);
    landmarks = {
      width: image.width,
      height: image.height,
      points: { ...findBody(image, matte, frame, fitted.points.chin.v), ...face },
    };
  }
  await ctx.step(4, STEPS, 'background');
  const background = inputs.background
    ? await sized(inputs.background, image)
    : fillBehind(cv, room, matte, GROW * frame.unit);
  ctx.progress(STEPS, STEPS, 'done');
  return { image: withMatte(image, matte), landmarks: landmarks!, background };
};

function reduced(image: Image, area: number): Image {
  const pixels = image.width * image.height;
  if (area === 0 || pixels <= area) return image;
  const scale = Math.sqrt(area / pixels);
  return shrinkImage(
    image,
    Math.max(1, Math.round(image.width * scale)),
    Math.max(1, Math.round(image.height * scale)),
  );
}

/** Given points have the pupils, and so the frame. */
function frameOfPoints(landmarks: Landmarks): PupilFrame {
  return pupilFrame(landmarks.points.rightEye, landmarks.points.leftEye);
}

/**
 * The alpha channel where it is the person's outline; else the person is cut out, inside what the alpha channel shows,
 * whose surroundings are painted from its rim for that: a plain color would be taken for a thing.
 *
 * @param of.solid the picture over grey
 * @returns the matte, and the picture whose room is to be painted behind it
 */
function matteOf(
  { cv, image, solid }: { readonly cv: OpenCv; readonly image: Image; readonly solid: Image },
  face: PupilFrame,
  log: (message: string) => void,
): { readonly matte: Plane; readonly room: Image } {
  const outline = alphaOutline(image, face);
  if (outline.kind === 'hides')
    log('reference.image: its alpha channel hides most of the face and is left aside; the person is cut out of all');
  if (outline.kind === 'none' || outline.kind === 'hides') return { matte: cutMatte(cv, image, face), room: solid };
  if (outline.kind === 'person') {
    log('reference.image: its alpha channel is taken as the matte');
    return { matte: outline.matte, room: solid };
  }
  log(
    "reference.image: its alpha channel is no person's outline (a disc, a frame, a fade); " +
      'the person is cut out inside it',
  );
  const { matte: shape } = outline;
  const hidden: Plane = { ...shape, data: shape.data.map((value) => (value < 0.5 ? 1 : 0)) };
  const room = fillBehind(cv, solid, hidden, 2);
  const cut = cutMatte(cv, room, face);
  return { matte: { ...cut, data: cut.data.map((value, i) => value * shape.data[i]) }, room };
}

/** What is clear in the picture has no colour: mid grey stands in for it. */
function overGrey(image: Image): Image {
  const data = new Uint8ClampedArray(image.data.length);
  for (let at = 0; at < data.length; at += 4) {
    const alpha = image.data[at + 3] / 255;
    for (let c = 0; c < 3; c++) data[at + c] = image.data[at + c] * alpha + 128 * (1 - alpha);
    data[at + 3] = 255;
  }
  return { width: image.width, height: image.height, data };
}

function withMatte(image: Image, matte: Plane): Image {
  const data = Uint8ClampedArray.from(image.data);
  for (let i = 0; i < matte.data.length; i++) data[i * 4 + 3] = matte.data[i] * 255;
  return { width: image.width, height: image.height, data };
}

/**
 * A background of another size is brought to the picture's. @throws StageError `stage.size-mismatch` when its aspect is
 * another
 */
async function sized(background: Image, image: Image): Promise<Image> {
  if (background.width === image.width && background.height === image.height) return background;
  if (Math.abs(Math.log((background.width / background.height) * (image.height / image.width))) > 0.02) {
    throw new StageError({
      code: 'stage.size-mismatch',
      where: 'reference.background',
      expected: `the aspect of the picture (${image.width}x${image.height})`,
      got: `${background.width}x${background.height}`,
      remedy: "give a background of the picture's aspect",
    });
  }
  return resizeImage(background, image.width, image.height);
}
