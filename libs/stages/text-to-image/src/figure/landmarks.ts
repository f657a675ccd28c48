import type { LandmarkName, Landmarks } from '@soliloquy/ports';
import type { Anatomy } from './anatomy.ts';
import type { Point } from './brush.ts';
import { eyeShapeOf } from './eyes.ts';
import { fingertipOf, palmOf } from './hands.ts';

/**
 * Where the painter has put every landmark, in page coordinates. Left and right are the person's own: left lies on the
 * right of the page.
 */
export function pagePointsOf(anatomy: Anatomy): Readonly<Record<LandmarkName, Point>> {
  const { axis, eyeY, face } = anatomy;
  const eye = eyeShapeOf(face);
  const at = (x: number, y: number): Point => [axis + x, eyeY + y];
  const eyePoint = (side: 1 | -1, [x, y]: Point): Point => at(side * (face.eyeX + x), y);
  return {
    headTop: at(0, face.crown),
    chin: at(0, face.chin),
    noseTip: at(0, face.noseBase - 7),
    leftEar: at(face.temple + 5, 2),
    rightEar: at(-face.temple - 5, 2),
    leftBrow: at(face.eyeX + 2, face.browY - 1.5),
    rightBrow: at(-face.eyeX - 2, face.browY - 1.5),
    leftEye: at(face.eyeX, -face.eyeOpen * 0.115),
    leftEyeInner: eyePoint(1, eye.inner),
    leftEyeOuter: eyePoint(1, eye.outer),
    leftEyeTop: eyePoint(1, eye.top),
    leftEyeBottom: eyePoint(1, eye.bottom),
    rightEye: at(-face.eyeX, -face.eyeOpen * 0.115),
    rightEyeInner: eyePoint(-1, eye.inner),
    rightEyeOuter: eyePoint(-1, eye.outer),
    rightEyeTop: eyePoint(-1, eye.top),
    rightEyeBottom: eyePoint(-1, eye.bottom),
    mouthLeft: at(face.mouthWidth, face.mouthY - 2.2),
    mouthRight: at(-face.mouthWidth, face.mouthY - 2.2),
    upperLipTop: at(0, face.mouthY - face.upperLip * 0.74),
    mouthCenter: at(0, face.mouthY),
    lowerLipBottom: at(0, face.mouthY + face.lowerLip),
    neck: [axis, anatomy.pitY],
    leftShoulder: anatomy.leftArm.shoulder,
    rightShoulder: anatomy.rightArm.shoulder,
    leftElbow: anatomy.leftArm.elbow,
    rightElbow: anatomy.rightArm.elbow,
    leftWrist: anatomy.leftArm.wrist,
    rightWrist: anatomy.rightArm.wrist,
    leftHip: anatomy.leftLeg.hip,
    rightHip: anatomy.rightLeg.hip,
    leftKnee: anatomy.leftLeg.knee,
    rightKnee: anatomy.rightLeg.knee,
    leftAnkle: anatomy.leftLeg.ankle,
    rightAnkle: anatomy.rightLeg.ankle,
    leftHand: palmOf(anatomy.leftArm),
    rightHand: palmOf(anatomy.rightArm),
    leftFingertip: fingertipOf(anatomy.leftArm),
    rightFingertip: fingertipOf(anatomy.rightArm),
  };
}

/** The same in pixels of a picture; `toPixels` maps the page. */
export function landmarksOf(
  anatomy: Anatomy,
  width: number,
  height: number,
  toPixels: (point: Point) => Point,
): Landmarks {
  const points = Object.fromEntries(
    Object.entries(pagePointsOf(anatomy)).map(([name, point]) => {
      const [x, y] = toPixels(point);
      return [name, { x, y, confidence: 1 }];
    }),
  );
  return { width, height, points: points as unknown as Landmarks['points'] };
}
