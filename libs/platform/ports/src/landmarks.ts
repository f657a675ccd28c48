import { z } from 'zod';
import { jsonPort } from './json-port.ts';

/** The three parts that motion is made of (AudioAvatar: x = {body, face, hand}). */
export const PARTS = ['body', 'face', 'hand'] as const;
export type Part = (typeof PARTS)[number];

/**
 * Every landmark, with its part. Left and right are the person's own, as in COCO: a person facing the camera has
 * `leftEye.x > rightEye.x`. Face points are always there; of body and hands only what the picture shows.
 */
export const LANDMARKS = {
  headTop: 'face',
  chin: 'face',
  noseTip: 'face',
  leftEar: 'face',
  rightEar: 'face',
  leftBrow: 'face',
  rightBrow: 'face',
  leftEye: 'face',
  leftEyeInner: 'face',
  leftEyeOuter: 'face',
  leftEyeTop: 'face',
  leftEyeBottom: 'face',
  rightEye: 'face',
  rightEyeInner: 'face',
  rightEyeOuter: 'face',
  rightEyeTop: 'face',
  rightEyeBottom: 'face',
  mouthLeft: 'face',
  mouthRight: 'face',
  upperLipTop: 'face',
  mouthCenter: 'face',
  lowerLipBottom: 'face',
  neck: 'body',
  leftShoulder: 'body',
  rightShoulder: 'body',
  leftElbow: 'body',
  rightElbow: 'body',
  leftWrist: 'body',
  rightWrist: 'body',
  leftHip: 'body',
  rightHip: 'body',
  leftKnee: 'body',
  rightKnee: 'body',
  leftAnkle: 'body',
  rightAnkle: 'body',
  leftHand: 'hand',
  rightHand: 'hand',
  leftFingertip: 'hand',
  rightFingertip: 'hand',
} as const satisfies Record<string, Part>;
export type LandmarkName = keyof typeof LANDMARKS;
/** The names of the face, which every set of landmarks has. */
export type FaceLandmarkName = { [K in LandmarkName]: (typeof LANDMARKS)[K] extends 'face' ? K : never }[LandmarkName];

const names = Object.keys(LANDMARKS) as [LandmarkName, ...LandmarkName[]];
const faceNames = names.filter((name): name is FaceLandmarkName => LANDMARKS[name] === 'face');

const point = z.object({
  x: z.number().describe('pixels, to the right, pixel centres at .5'),
  y: z.number().describe('pixels, downwards'),
  confidence: z.number().min(0).max(1).default(1).describe('0 … 1; 1 where it is left out'),
});

const POINTS_TEXT =
  `by name, left and right as the person has them. Of the face all: ${faceNames.join(', ')}. Of body and hands those ` +
  `that the picture shows: ${names.filter((name) => LANDMARKS[name] !== 'face').join(', ')}`;

export const landmarksSchema = z
  .object({
    width: z.int().positive().describe('of the picture that the points lie in, pixels'),
    height: z.int().positive().describe('of it, pixels'),
    points: z.partialRecord(z.enum(names), point).describe(POINTS_TEXT),
  })
  .superRefine(({ points }, ctx) => {
    const missing = faceNames.filter((name) => !points[name]);
    if (missing.length > 0)
      ctx.addIssue({
        code: 'custom',
        path: ['points', missing[0]],
        message:
          `expected every landmark of the face, got none for ${missing.join(', ')}; add { "x": …, "y": … } in ` +
          'pixels',
      });
  });

/** Points of one person in one picture, in pixels of that picture. */
export interface Landmarks {
  readonly width: number;
  readonly height: number;
  readonly points: Readonly<Record<FaceLandmarkName, LandmarkPoint>> &
    Readonly<Partial<Record<LandmarkName, LandmarkPoint>>>;
}
export interface LandmarkPoint {
  readonly x: number;
  readonly y: number;
  readonly confidence: number;
}

/** Where head, mouth, hands and joints of a person are in a picture. */
export const landmarks = jsonPort<Landmarks>({
  id: 'landmarks',
  title: 'Landmarks',
  hue: 30,
  schema: landmarksSchema as unknown as z.ZodType<Landmarks>,
  file: 'landmarks.json',
  summary: (value) => `${Object.keys(value.points).length} points in ${value.width}x${value.height}`,
});
