/** A point of a person in a picture. */
export interface BodyPoint {
  /** pixels, pixel centres at .5 */
  readonly x: number;
  readonly y: number;
  /** in the same unit, away from the camera; from the middle of the hips, the mean of the face, the wrist */
  readonly z: number;
  /** 0 … 1 */
  readonly confidence: number;
}

/**
 * The joints of a body, in the order of MediaPipe's BlazePose (Bazarevsky et al. 2020). Left and right are the
 * person's own.
 */
export const BODY_POINTS = [
  'nose',
  'leftEyeInner',
  'leftEye',
  'leftEyeOuter',
  'rightEyeInner',
  'rightEye',
  'rightEyeOuter',
  'leftEar',
  'rightEar',
  'mouthLeft',
  'mouthRight',
  'leftShoulder',
  'rightShoulder',
  'leftElbow',
  'rightElbow',
  'leftWrist',
  'rightWrist',
  'leftPinky',
  'rightPinky',
  'leftIndex',
  'rightIndex',
  'leftThumb',
  'rightThumb',
  'leftHip',
  'rightHip',
  'leftKnee',
  'rightKnee',
  'leftAnkle',
  'rightAnkle',
  'leftHeel',
  'rightHeel',
  'leftFootIndex',
  'rightFootIndex',
] as const;
export type BodyPointName = (typeof BODY_POINTS)[number];

/** Place of a joint in a body's points. */
export const BODY = Object.fromEntries(BODY_POINTS.map((name, i) => [name, i])) as Readonly<
  Record<BodyPointName, number>
>;

/** The joints of a hand, in the order of MediaPipe's hands (Zhang et al. 2020). */
export const HAND_POINTS = [
  'wrist',
  ...['thumbCmc', 'thumbMcp', 'thumbIp', 'thumbTip'],
  ...['index', 'middle', 'ring', 'pinky'].flatMap((finger) =>
    ['Mcp', 'Pip', 'Dip', 'Tip'].map((joint) => `${finger}${joint}`),
  ),
] as readonly string[];

/** How many points the mesh of a face has: 468 of its skin, then five of each iris, its middle first. */
export const FACE_POINT_COUNT = 478;

/**
 * Points of the face mesh by what they are; left and right are the person's own. The irises are numbers 468 (right)
 * and 473 (left).
 */
export const FACE = {
  noseTip: 1,
  chin: 152,
  forehead: 10,
  leftEye: 473,
  leftEyeInner: 362,
  leftEyeOuter: 263,
  leftEyeTop: 386,
  leftEyeBottom: 374,
  rightEye: 468,
  rightEyeInner: 133,
  rightEyeOuter: 33,
  rightEyeTop: 159,
  rightEyeBottom: 145,
  leftBrow: 334,
  rightBrow: 105,
  mouthLeft: 291,
  mouthRight: 61,
  upperLipTop: 0,
  upperLipBottom: 13,
  lowerLipTop: 14,
  lowerLipBottom: 17,
  leftEar: 454,
  rightEar: 234,
} as const;
