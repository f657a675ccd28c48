import { filmFace, type FilmFace, type Point } from '@soliloquy/face';
import type { Landmarks } from '@soliloquy/ports';

/** The person's own sides. */
export const SIDES = ['left', 'right'] as const;
export type Side = (typeof SIDES)[number];

/** Pieces of an arm from the shoulder down: what covers what, where all are before the trunk. */
export const ARM_PARTS = ['upperArm', 'forearm', 'hand'] as const;
export type ArmPart = (typeof ARM_PARTS)[number];

/** A finger from its knuckle to its tip, pixels. */
export interface Finger {
  readonly joints: readonly Point[];
}

/** An arm whose hand is seen; pixels of the picture. */
export interface Arm {
  readonly side: Side;
  readonly shoulder: Point;
  readonly elbow: Point;
  readonly wrist: Point;
  /** knuckle of the middle finger */
  readonly palm: Point;
  readonly fingertip: Point;
  /** thumb to little finger, where the 21 joints of the hand are known; else none */
  readonly fingers: readonly Finger[];
}

/** How large a person is in the picture, and where the arms begin. */
export interface BodyScale {
  /** pixels between the joints of the shoulders */
  readonly shoulderWidth: number;
  /** middle of the shoulders */
  readonly middle: Point;
}

/** Distance of the shoulders, in eye-to-mouth distances of the face, where the picture does not show both. */
const SHOULDERS_BY_FACE = 4.6;
/** Height of the shoulders below the mouth in the same unit. */
const SHOULDERS_BELOW_MOUTH = 1.75;
/** A joint that is less sure than this is not known. */
const KNOWN = 0.35;
/** A hand of 21 joints that is less sure than this is not seen. */
const PRESENT = 0.5;

/** @param width pixels of the picture that all places are to be in; the landmarks' own has the same aspect */
export function bodyScale(landmarks: Landmarks, width: number, height: number): BodyScale {
  return scaleOf(filmFace(landmarks, width, height));
}

function scaleOf(face: FilmFace): BodyScale {
  const [left, right] = [face.film('leftShoulder'), face.film('rightShoulder')];
  const byFace = SHOULDERS_BY_FACE * face.unit;
  if (left && right) {
    const apart = Math.hypot(left.x - right.x, left.y - right.y);
    // A person who stands half aside has shoulders that are nearer in the picture than in the room.
    return { shoulderWidth: Math.max(apart, 0.5 * byFace), middle: between(left, right, 0.5) };
  }
  const middle = {
    x: face.origin.x + SHOULDERS_BELOW_MOUTH * face.unit * face.down.x,
    y: face.origin.y + SHOULDERS_BELOW_MOUTH * face.unit * face.down.y,
  };
  return { shoulderWidth: byFace, middle };
}

/**
 * One arm, if the picture shows its hand: shoulder, elbow and wrist known, and of the hand the 21 joints or palm and
 * fingertip.
 */
export function armOf(side: Side, landmarks: Landmarks, width: number, height: number): Arm | undefined {
  const face = filmFace(landmarks, width, height);
  const known = (name: 'Shoulder' | 'Elbow' | 'Wrist' | 'Hand' | 'Fingertip'): Point | undefined => {
    const point = face.film(`${side}${name}`);
    return point && point.confidence >= KNOWN ? { x: point.x, y: point.y } : undefined;
  };
  const [shoulder, elbow] = [known('Shoulder'), known('Elbow')];
  const joints = handJoints(side, landmarks, width, height);
  if (joints === 'unseen') return undefined;
  // The network of the hand looks closer than that of the body.
  const wrist = joints?.[0] ?? known('Wrist');
  const palm = joints?.[9] ?? known('Hand');
  const fingertip = joints?.[12] ?? known('Fingertip');
  if (!shoulder || !elbow || !wrist || !palm || !fingertip) return undefined;
  const fingers = joints ? [0, 1, 2, 3, 4].map((f) => ({ joints: joints.slice(4 * f + 1, 4 * f + 5) })) : [];
  return { side, shoulder, elbow, wrist, palm, fingertip, fingers };
}

/** The 21 joints; `unseen` where they were looked for and there is no hand. */
function handJoints(side: Side, landmarks: Landmarks, width: number, height: number): Point[] | 'unseen' | undefined {
  const { hands } = landmarks;
  if (!hands) return undefined;
  const hand = hands[side];
  if (!hand || hand.presence < PRESENT) return 'unseen';
  return hand.points.map(([x, y]) => ({ x: (x * width) / landmarks.width, y: (y * height) / landmarks.height }));
}

export function between(a: Point, b: Point, share: number): Point {
  return { x: a.x + share * (b.x - a.x), y: a.y + share * (b.y - a.y) };
}
