import type { Point, PupilFrame } from '@soliloquy/face';
import type { Image } from '@soliloquy/media';
import type { Plane } from '@soliloquy/planes';
import type { LandmarkName, LandmarkPoint } from '@soliloquy/ports';
import { findHands, type Hand } from './hands.ts';

type BodyPoints = Partial<Record<LandmarkName, LandmarkPoint>>;

/**
 * Heights of joints below the line of the eyes over body height (Winter 2009, after Drillis and Contini), and a body's
 * height in pupil distances (1.72 m over 63 mm).
 */
const BELOW_EYES = { shoulder: 0.118, hip: 0.406, knee: 0.651, ankle: 0.897, sole: 0.936 };
const BODY_HEIGHT = 27.3;
/** Joints from the middle, and lengths of limbs, over body height. */
const HIP_HALF = 0.052;
const UPPER_ARM = 0.165;
const FOREARM = 0.146;

/**
 * Joints and hands from the silhouette: shoulders at the matte's width below the neck, the rest at the proportions of a
 * standing body, kept only where the picture shows them and the matte covers them; hands where bare skin lies within
 * the matte away from the face. What cannot be known is left out.
 *
 * @param chin v of the chin, face coordinates
 */
export function findBody(image: Image, matte: Plane, face: PupilFrame, chin: number): BodyPoints {
  const unit = face.unit;
  const inside = (p: Point) => p.x >= 0 && p.y >= 0 && p.x < image.width && p.y < image.height;
  const covered = (p: Point) => inside(p) && matte.data[Math.floor(p.y) * matte.width + Math.floor(p.x)] > 0.5;
  const points: BodyPoints = {};
  const put = (name: LandmarkName, p: Point, confidence: number) => {
    if (inside(p)) points[name] = { x: p.x, y: p.y, confidence };
  };
  // The neck follows the tilt of the head half way; below it the body hangs upright.
  const middle = face.x - Math.sin(face.tilt) * 1.9 * unit;
  const neck = { x: middle, y: face.y + (chin + 0.45) * unit * Math.cos(face.tilt) };
  put('neck', neck, 0.6);

  const height = bodyHeight(matte, face, middle);
  const shoulders = findShoulders(matte, face, neck, middle, height);
  const hands = findHands(image, matte, face);
  const sides = [
    {
      sign: 1,
      shoulder: 'leftShoulder',
      elbow: 'leftElbow',
      wrist: 'leftWrist',
      hand: 'leftHand',
      tip: 'leftFingertip',
      hip: 'leftHip',
      knee: 'leftKnee',
      ankle: 'leftAnkle',
    },
    {
      sign: -1,
      shoulder: 'rightShoulder',
      elbow: 'rightElbow',
      wrist: 'rightWrist',
      hand: 'rightHand',
      tip: 'rightFingertip',
      hip: 'rightHip',
      knee: 'rightKnee',
      ankle: 'rightAnkle',
    },
  ] as const;
  for (const side of sides) {
    const shoulder = side.sign > 0 ? shoulders.pictureRight : shoulders.pictureLeft;
    put(side.shoulder, shoulder, shoulders.confidence);
    const hand = side.sign > 0 ? hands.pictureRight : hands.pictureLeft;
    const elbow = findElbow(shoulder, hand, side.sign, height * unit, covered);
    if (elbow) put(side.elbow, elbow, hand ? 0.4 : 0.25);
    if (hand) {
      const wrist = wristOf(hand, elbow ?? shoulder, unit);
      put(side.wrist, wrist, 0.5 * hand.confidence);
      put(side.hand, hand.centre, hand.confidence);
      put(side.tip, fingertipOf(hand, wrist), 0.8 * hand.confidence);
    }
    for (const [name, below, half] of [
      [side.hip, BELOW_EYES.hip, HIP_HALF],
      [side.knee, BELOW_EYES.knee, HIP_HALF * 0.9],
      [side.ankle, BELOW_EYES.ankle, HIP_HALF * 0.8],
    ] as const) {
      const p = { x: middle + side.sign * half * height * unit, y: face.y + below * height * unit };
      if (covered(p)) put(name, p, 0.3);
    }
  }
  return points;
}

/** Body height in pupil distances: measured where the soles are in the picture, the mean otherwise. */
function bodyHeight(matte: Plane, face: PupilFrame, middle: number): number {
  const left = Math.max(0, Math.floor(middle - 3 * face.unit));
  const right = Math.min(matte.width, Math.ceil(middle + 3 * face.unit));
  for (let y = matte.height - 1; y > face.y; y--) {
    for (let x = left; x < right; x++) {
      if (matte.data[y * matte.width + x] <= 0.5) continue;
      const sole = (y + 1 - face.y) / face.unit;
      return y < matte.height * 0.99 - 1 && sole > 18 && sole < 32 ? sole / BELOW_EYES.sole : BODY_HEIGHT;
    }
  }
  return BODY_HEIGHT;
}

/** Shoulder joints: a little within the silhouette's ends at the height where a standing body has its shoulders. */
function findShoulders(
  matte: Plane,
  face: PupilFrame,
  neck: Point,
  middle: number,
  height: number,
): { pictureLeft: Point; pictureRight: Point; confidence: number } {
  const y = Math.max(neck.y + 0.6 * face.unit, face.y + BELOW_EYES.shoulder * height * face.unit);
  const reach = (sign: number) => {
    // Clothes fall from the shoulder: its width is seen a little below the joint.
    const row = Math.min(matte.height - 1, Math.floor(y + 0.5 * face.unit));
    let steps = 0;
    while (steps < 3.6 * face.unit) {
      const x = Math.floor(middle + sign * (steps + 1));
      if (x < 0 || x >= matte.width || matte.data[row * matte.width + x] < 0.5) break;
      steps++;
    }
    return steps / face.unit;
  };
  const widths = [reach(-1), reach(1)].map((width) => Math.min(3.3, Math.max(2.1, width)));
  const mean = (widths[0] + widths[1]) / 2;
  const half = widths.map((width) => (width + mean) / 2 - 0.55);
  return {
    pictureLeft: { x: middle - half[0] * face.unit, y },
    pictureRight: { x: middle + half[1] * face.unit, y },
    confidence: 0.5,
  };
}

/** The elbow of a hanging upper arm, or on the way of an arm held straight; moved into the matte, or nothing. */
function findElbow(
  shoulder: Point,
  hand: Hand | undefined,
  sign: number,
  bodyPixels: number,
  covered: (p: Point) => boolean,
): Point | undefined {
  const arm = UPPER_ARM * bodyPixels;
  const straight =
    hand &&
    Math.hypot(hand.centre.x - shoulder.x, hand.centre.y - shoulder.y) > 0.85 * (UPPER_ARM + FOREARM) * bodyPixels;
  const goal = straight
    ? { x: shoulder.x + (hand.centre.x - shoulder.x) * 0.5, y: shoulder.y + (hand.centre.y - shoulder.y) * 0.5 }
    : { x: shoulder.x + sign * 0.1 * arm, y: shoulder.y + arm };
  for (let step = 0; step <= 0.5; step += 0.02) {
    for (const way of [1, -1]) {
      const p = { x: goal.x + way * sign * step * arm, y: goal.y };
      if (covered(p)) return p;
    }
  }
  return undefined;
}

function wristOf(hand: Hand, towards: Point, unit: number): Point {
  const dx = towards.x - hand.centre.x;
  const dy = towards.y - hand.centre.y;
  const length = Math.max(1, Math.hypot(dx, dy));
  const reach = Math.min(1.2 * unit, length * 0.6);
  return { x: hand.centre.x + (dx / length) * reach, y: hand.centre.y + (dy / length) * reach };
}

/** The pixel of the hand that is farthest from the wrist. */
function fingertipOf(hand: Hand, wrist: Point): Point {
  let best = hand.centre;
  let far = 0;
  for (const p of hand.outline) {
    const distance = Math.hypot(p.x - wrist.x, p.y - wrist.y);
    if (distance > far) {
      far = distance;
      best = p;
    }
  }
  return best;
}
