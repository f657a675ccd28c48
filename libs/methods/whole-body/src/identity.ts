import type { Image } from '@soliloquy/media';
import type { Networks } from './networks.ts';
import { Picture } from './picture.ts';
import { FACE, type BodyPoint } from './point.ts';
import { between, distance, placeOf, squareAt, type Place, type Region } from './region.ts';

/** Of the crop that dlib's network was trained on: share of its side between the eyes, and height of the eyes. */
const EYE_SPAN = 0.34;
const EYE_HEIGHT = 0.4;
/** Eyes to mouth over the distance of the eyes: a turned head has its eyes too near to one another. */
const MOUTH_SPAN = 0.95;
const SIZE = 150;

/** Where the points of a face are: a `Face`, or what was kept of one. */
export interface FacePoints {
  /** those of the mesh, pixels */
  readonly points: readonly Pick<BodyPoint, 'x' | 'y'>[];
}

/**
 * What dlib's network makes of a face: 128 numbers that are near to those of the same person. The face is cut out with
 * the eyes level, at the size that it was trained on.
 *
 * @param image in which the face was found
 * @returns     f32 [128]
 */
export async function faceEmbedding(
  networks: Networks,
  image: Image | Picture,
  face: FacePoints,
): Promise<Float32Array> {
  const picture = image instanceof Picture ? image : new Picture(image);
  const crop = picture.crop(alignedRegion(face), { size: SIZE, range: [0, 255], border: 'edge' });
  return (await networks.run('face-identity', crop)).embedding;
}

/**
 * `identity:dlib`: the distance of two embeddings. The same person altered (JPEG, blur, dark, mirrored, turned): median
 * 0.19, at most 0.43; different people: median 0.72, one in ten below 0.56. dlib draws the line at 0.6.
 */
export function identityDistance(a: Float32Array, b: Float32Array): number {
  return Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0));
}

/** The square in which the eyes are level, at 40 % of the height, 34 % of the side apart. */
export function alignedRegion({ points }: FacePoints): Region {
  const middle = (a: number, b: number): Place => between(placeOf(points[a]), placeOf(points[b]));
  const right = middle(FACE.rightEyeOuter, FACE.rightEyeInner);
  const left = middle(FACE.leftEyeInner, FACE.leftEyeOuter);
  const eyes = between(right, left);
  const mouth = middle(FACE.upperLipBottom, FACE.lowerLipTop);
  const side = Math.max(distance(left, right), MOUTH_SPAN * distance(mouth, eyes)) / EYE_SPAN;
  const angle = Math.atan2(left[1] - right[1], left[0] - right[0]);
  const down = (0.5 - EYE_HEIGHT) * side;
  return squareAt([eyes[0] - Math.sin(angle) * down, eyes[1] + Math.cos(angle) * down], side, angle);
}
