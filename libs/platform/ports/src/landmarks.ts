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

/** How many points the dense parts have: MediaPipe's face mesh with its irises, and the joints of a hand. */
const DENSE = { mesh: 478, hand: 21 } as const;

const densePoint = z.tuple([z.number(), z.number(), z.number()]);
const DENSE_TEXT = 'each [x, y, z]: pixels as in `points`, z in the same unit away from the camera';
const denseHand = z
  .strictObject({
    presence: z.number().min(0).max(1).describe('0 … 1, how sure it is that there is one'),
    points: z
      .array(densePoint)
      .length(DENSE.hand)
      .describe(`${DENSE.hand} joints from the wrist to the tip of the little finger, ${DENSE_TEXT}, from the wrist`),
  })
  .optional();

const POINTS_TEXT =
  `by name, left and right as the person has them. Of the face all: ${faceNames.join(', ')}. Of body and hands those ` +
  `that the picture shows: ${names.filter((name) => LANDMARKS[name] !== 'face').join(', ')}`;

export const landmarksSchema = z
  .object({
    width: z.int().positive().describe('of the picture that the points lie in, pixels'),
    height: z.int().positive().describe('of it, pixels'),
    points: z.partialRecord(z.enum(names), point).describe(POINTS_TEXT),
    mesh: z
      .array(densePoint)
      .length(DENSE.mesh)
      .optional()
      .describe(
        `${DENSE.mesh} points of the face in the order of MediaPipe's mesh, ${DENSE_TEXT}, from the face's mean`,
      ),
    hands: z
      .strictObject({ left: denseHand, right: denseHand })
      .optional()
      .describe("hands that were looked for, by the person's own side"),
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

/** x, y pixels, pixel centres at .5; z in the same unit, away from the camera. */
export type DensePoint = readonly [x: number, y: number, z: number];
/** The joints of a hand, in the order of MediaPipe's hands (Zhang et al. 2020). */
export interface DenseHand {
  /** 0 … 1 */
  readonly presence: number;
  /** 21 */
  readonly points: readonly DensePoint[];
}

/** Points of one person in one picture, in pixels of that picture. */
export interface Landmarks {
  readonly width: number;
  readonly height: number;
  readonly points: Readonly<Record<FaceLandmarkName, LandmarkPoint>> &
    Readonly<Partial<Record<LandmarkName, LandmarkPoint>>>;
  /** The face, 478 points in the order of MediaPipe's mesh (Kartynnik et al. 2019), where it was looked for. */
  readonly mesh?: readonly DensePoint[] | undefined;
  /** By the person's own side, where they were looked for. */
  readonly hands?: { readonly left?: DenseHand | undefined; readonly right?: DenseHand | undefined } | undefined;
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
  summary: ({ points, mesh, hands, width, height }) => {
    const dense = [mesh && 'mesh', hands?.left && 'left hand', hands?.right && 'right hand'].filter(Boolean);
    return `${[`${Object.keys(points).length} points`, ...dense].join(', ')} in ${width}x${height}`;
  },
});
