import { resizeImage, type Image } from '@soliloquy/media';
import type { Landmarks } from '@soliloquy/ports';
import { StageError, type RunOf } from '@soliloquy/stage';
import { fillBehind } from '../background.ts';
import { findBody } from '../body-landmarks.ts';
import { frameOfEyes, type FaceFrame } from '../face-frame.ts';
import { fitHead, pointsOfShape, shapeFace } from '../face-landmarks.ts';
import { findFace } from '../find-face.ts';
import { scaleLandmarks } from '../given.ts';
import { cutMatte, matteOfAlpha } from '../matte.ts';
import { loadOpenCv, type OpenCv } from '../opencv.ts';
import { shrinkImage, type Plane } from '../plane.ts';
import type { referenceStage } from '../stage.ts';

/** Sides below this are no picture of a person. */
const LEAST_SIDE = 64;
/** By how many pupil distances the matte is grown for the background. */
const GROW = 0.28;

/**
 * @throws StageError `no-face` when no face is sure enough, `too-small` for pictures below 64 pixels, `size-mismatch`
 *   when points or background are of another picture
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
  const step = async (done: number, note: string) => {
    ctx.progress(done, 5, note);
    await new Promise((resolve) => setImmediate(resolve));
    ctx.signal.throwIfAborted();
  };

  await step(0, 'face');
  const solid = overGrey(image);
  const found = given ? undefined : findFace(cv, solid, (message) => ctx.log(message));
  const frame = found ? found.eyes.frame : frameOfPoints(given!);
  await step(1, 'mouth');
  const shape = found && shapeFace(solid, found);
  await step(2, 'matte');
  const matte = matteOf(cv, image, frame, (message) => ctx.log(message));
  await step(3, 'body');
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
  await step(4, 'background');
  const background = inputs.background
    ? await sized(inputs.background, image)
    : fillBehind(cv, solid, matte, GROW * frame.unit);
  ctx.progress(5, 5, 'done');
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
function frameOfPoints(landmarks: Landmarks): FaceFrame {
  return frameOfEyes(landmarks.points.rightEye, landmarks.points.leftEye);
}

function matteOf(cv: OpenCv, image: Image, frame: FaceFrame, log: (message: string) => void): Plane {
  const own = matteOfAlpha(image, frame);
  if (own) log('reference.image: its alpha channel is taken as the matte');
  return own ?? cutMatte(cv, image, frame);
}

/** What is clear in the picture has no colour: mid grey stands in for it. */
function overGrey(image: Image): Image {
  const data = new Uint8ClampedArray(image.data.length);
  for (let at = 0; at < data.length; at += 4) {
    const alpha = image.data[at + 3]! / 255;
    for (let c = 0; c < 3; c += 1) data[at + c] = image.data[at + c]! * alpha + 128 * (1 - alpha);
    data[at + 3] = 255;
  }
  return { width: image.width, height: image.height, data };
}

function withMatte(image: Image, matte: Plane): Image {
  const data = Uint8ClampedArray.from(image.data);
  for (let i = 0; i < matte.data.length; i += 1) data[i * 4 + 3] = matte.data[i]! * 255;
  return { width: image.width, height: image.height, data };
}

/**
 * A background of another size is brought to the picture's. @throws StageError `size-mismatch` when its aspect is
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
