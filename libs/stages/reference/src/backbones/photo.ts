import { pupilFrame, type PupilFrame } from '@soliloquy/face';
import type { Landmarks } from '@soliloquy/ports';
import type { RunOf } from '@soliloquy/stage';
import { fillBehind } from '../background.ts';
import { findBody } from '../body-landmarks.ts';
import { fitHead, pointsOfShape, shapeFace } from '../face-landmarks.ts';
import { findFace } from '../find-face.ts';
import { fittedBackground, scaleLandmarks } from '../given.ts';
import { matteOf } from '../matte-of-picture.ts';
import { cutMatte } from '../matte.ts';
import { loadOpenCv } from '../opencv.ts';
import type { referenceStage } from '../stage.ts';
import { overGrey, withMatte, workingPicture } from '../working-picture.ts';

/** By how many pupil distances the matte is grown for the background. */
const GROW = 0.28;
/** Face, mouth, matte, body, background. */
const STEPS = 5;

/**
 * @throws StageError `stage.no-face` when no face is sure enough, `stage.too-small` for pictures below 64 pixels,
 *   `stage.size-mismatch` when points or background are of another picture
 */
export const run: RunOf<typeof referenceStage, 'photo'> = async (inputs, params, ctx) => {
  const image = workingPicture(inputs.image, params.area);
  const given = inputs.landmarks && scaleLandmarks(inputs.landmarks, image.width, image.height);
  const { cv } = await loadOpenCv();

  await ctx.step(0, STEPS, 'face');
  const solid = overGrey(image);
  const found = given ? undefined : findFace(cv, solid, (message) => ctx.log(message));
  const frame = found ? found.eyes.frame : frameOfPoints(given!);
  await ctx.step(1, STEPS, 'mouth');
  const shape = found && shapeFace(solid, found);
  await ctx.step(2, STEPS, 'matte');
  const { matte, room } = matteOf({ cv, image, solid, cut: (of) => cutMatte(cv, of, frame) }, frame, (message) =>
    ctx.log(message),
  );
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
    ? await fittedBackground(inputs.background, image)
    : fillBehind(cv, room, matte, { grow: GROW * frame.unit });
  ctx.progress(STEPS, STEPS, 'done');
  return { image: withMatte(image, matte), landmarks: landmarks!, background };
};

/** Given points have the pupils, and so the frame. */
function frameOfPoints(landmarks: Landmarks): PupilFrame {
  return pupilFrame(landmarks.points.rightEye, landmarks.points.leftEye);
}
