import { laplacianVariance } from '@soliloquy/image-quality';
import type { Image } from '@soliloquy/media';
import { BODY, FACE, findPerson, type Networks, type PictureOfPeople } from '@soliloquy/whole-body';

/** What is measured of a candidate: what makes a picture of use here, each 0 … 1 but the first two. */
export interface Judgement {
  /** Variance of the Laplacian of luma, Rec. 709, of 0 … 255: how sharp it is (Pech-Pacheco et al. 2000). */
  readonly sharpness: number;
  /** How many people are seen. */
  readonly people: number;
  /** Share of pixels that are black or white through and through: what a picture that came to nothing is made of. */
  readonly clipped: number;
  /** How much of shoulders, hips, knees and ankles is seen. */
  readonly body: number;
  /** How frontal the face is: distances of the nose's tip to the eyes, the smaller over the larger; 0 without one. */
  readonly frontal: number;
  /** How surely the less certain of the two hands is seen. */
  readonly hands: number;
}

const BLACK = 2;
const WHITE = 253;
const JOINTS = [
  BODY.leftShoulder,
  BODY.rightShoulder,
  BODY.leftHip,
  BODY.rightHip,
  BODY.leftKnee,
  BODY.rightKnee,
  BODY.leftAnkle,
  BODY.rightAnkle,
];

/** Measures a candidate, by its pixels and by networks that see people. */
export async function judge(networks: Networks, image: Image): Promise<Judgement> {
  const { width, height, data } = image;
  let clipped = 0;
  for (let i = 0; i < width * height; i++) {
    const [r = 0, g = 0, b = 0] = data.subarray(4 * i, 4 * i + 3);
    if (Math.max(r, g, b) <= BLACK || Math.min(r, g, b) >= WHITE) clipped++;
  }
  const box = { x0: 0, y0: 0, x1: width, y1: height };
  const sharpness = laplacianVariance(data, width, height, box, 4);
  return { sharpness, clipped: clipped / (width * height), ...seen(await findPerson(networks, image), image) };
}

function seen(
  { people, person }: PictureOfPeople,
  { width, height }: Image,
): Pick<Judgement, 'people' | 'body' | 'frontal' | 'hands'> {
  const joints = JOINTS.map((joint) => person?.body?.points[joint]).map((point) =>
    point !== undefined && point.x >= 0 && point.x < width && point.y >= 0 && point.y < height ? point.confidence : 0,
  );
  const hands = [person?.hands.left?.presence ?? 0, person?.hands.right?.presence ?? 0];
  return {
    people: people.length,
    body: joints.reduce((sum, each) => sum + each, 0) / joints.length,
    frontal: frontalOf(person?.face?.points),
    hands: Math.min(...hands),
  };
}

function frontalOf(points: readonly { readonly x: number; readonly y: number }[] | undefined): number {
  const [nose, left, right] = [FACE.noseTip, FACE.leftEye, FACE.rightEye].map((index) => points?.[index]);
  if (nose === undefined || left === undefined || right === undefined) return 0;
  const [one, other] = [left, right].map((eye) => Math.hypot(eye.x - nose.x, eye.y - nose.y)) as [number, number];
  return Math.max(one, other) === 0 ? 0 : Math.min(one, other) / Math.max(one, other);
}

/** Least that a measure of 0 leaves of a score: a picture that lacks one thing is worse, not worthless. */
const LEFT = 0.1;

/**
 * Index of the best: one person above all, then as much of body, face and hands as is seen, then the sharper ones; of
 * equals the first.
 */
export function best(judgements: readonly Judgement[]): number {
  const sharpest = Math.max(...judgements.map(({ sharpness }) => sharpness), Number.MIN_VALUE);
  const share = (measure: number): number => LEFT + (1 - LEFT) * measure;
  const scores = judgements.map(
    ({ people, body, frontal, hands, sharpness, clipped }) =>
      (people === 1 ? 1 : LEFT) *
      share(body) *
      share(frontal) *
      share(hands) *
      share((sharpness / sharpest) * (1 - clipped)),
  );
  return scores.indexOf(Math.max(...scores));
}

/** All candidates side by side, in rows of about a square, the first one first; empty places are clear. */
export function sheetOf(images: readonly Image[]): Image {
  const [{ width = 0, height = 0 } = {}] = images;
  const columns = Math.ceil(Math.sqrt(images.length));
  const rows = Math.ceil(images.length / columns);
  const data = new Uint8ClampedArray(4 * width * columns * height * rows);
  for (const [index, image] of images.entries()) {
    const [left, top] = [(index % columns) * width, Math.floor(index / columns) * height];
    for (let y = 0; y < height; y++)
      data.set(image.data.subarray(4 * y * width, 4 * (y + 1) * width), 4 * ((top + y) * width * columns + left));
  }
  return { width: width * columns, height: height * rows, data };
}
