import type { Detection } from './detector.ts';
import { FACE_MIRROR } from './face-mirror.ts';
import type { Networks } from './networks.ts';
import type { Picture } from './picture.ts';
import { FACE, FACE_POINT_COUNT, type BodyPoint } from './point.ts';
import { boundsOf, placeOf, squareAt, squared, toPicture, turnedSo, type Region } from './region.ts';
import { sigmoid } from './sigmoid.ts';

/** A face in a picture. */
export interface Face {
  /** How sure it is that there is one, 0 … 1. A covered face has a high one too: see `disagreement`. */
  readonly presence: number;
  /** The 478 points of MediaPipe's mesh with refined lips, eyes and irises; confidence is the presence. */
  readonly points: readonly BodyPoint[];
  readonly region: Region;
}

const SIZE = 192;
/** Points of the skin; irises follow, five points each. */
const SKIN = 468;
const IRIS = 5;

/**
 * The mesh of the face in a region (Kartynnik et al. 2019; attention mesh, Grishchenko et al. 2020).
 *
 * @param mirrored look at it mirrored; the result is turned back
 */
export async function findFace(
  networks: Networks,
  picture: Picture,
  region: Region,
  { mirrored = false }: { readonly mirrored?: boolean } = {},
): Promise<Face> {
  const crop = picture.crop(region, { size: SIZE, range: [0, 1], border: 'edge', mirrored });
  const outputs = await networks.run('face-landmarks', crop);
  const presence = sigmoid(outputs.conv_faceflag[0]);
  const raw = await meshOf(networks, outputs);
  const points = Array.from({ length: FACE_POINT_COUNT }, (_, i): BodyPoint => {
    const at = 3 * (mirrored ? FACE_MIRROR[i] : i);
    const u = raw[at] / SIZE;
    const [x, y] = toPicture(region, mirrored ? 1 - u : u, raw[at + 1] / SIZE);
    return { x, y, z: (raw[at + 2] / SIZE) * region.width, confidence: presence };
  });
  return { presence, points, region };
}

/** f32 [478, 3] pixels of the crop: the mesh, over which what the finer networks say of lips, eyes and irises. */
async function meshOf(networks: Networks, outputs: Readonly<Record<string, Float32Array>>): Promise<Float32Array> {
  const [lips, leftEye, rightEye] = await networks.refinedPoints();
  const mesh = new Float32Array(3 * FACE_POINT_COUNT);
  mesh.set(outputs.output_mesh_identity);
  const put = (indices: readonly number[], places: Float32Array): void =>
    indices.forEach((index, i) => {
      mesh[3 * index] = places[2 * i];
      mesh[3 * index + 1] = places[2 * i + 1];
    });
  const iris = (first: number): number[] => Array.from({ length: IRIS }, (_, i) => first + i);
  put(lips, outputs.output_lips);
  // The network's left is the picture's.
  put(leftEye, outputs.output_left_eye);
  put(rightEye, outputs.output_right_eye);
  put(iris(SKIN), outputs.output_left_iris);
  put(iris(SKIN + IRIS), outputs.output_right_iris);
  for (const [first, inner, outer] of [
    [SKIN, FACE.rightEyeInner, FACE.rightEyeOuter],
    [SKIN + IRIS, FACE.leftEyeInner, FACE.leftEyeOuter],
  ])
    for (const index of iris(first)) mesh[3 * index + 2] = (mesh[3 * inner + 2] + mesh[3 * outer + 2]) / 2;
  return mesh;
}

/** Where a face that was detected is looked at: half as large again, the eyes level. */
export function regionOfSeenFace({ x, y, width, height, keyPoints }: Detection): Region {
  return squareAt([x, y], 1.5 * Math.max(width, height), turnedSo(keyPoints[0], keyPoints[1], 'right'));
}

/** Where a face is looked at next: the square around its mesh, half as large again, the eyes level. */
export function faceRegion({ points }: Pick<Face, 'points'>): Region {
  const angle = turnedSo(placeOf(points[FACE.rightEyeOuter]), placeOf(points[FACE.leftEyeOuter]), 'right');
  return squared(boundsOf(points.slice(0, SKIN).map(placeOf), angle), 1.5);
}

/** Pixels between the outer corners of the eyes: the unit in which a face's errors are told. */
export function eyeSpan({ points }: Pick<Face, 'points'>): number {
  const [right, left] = [points[FACE.rightEyeOuter], points[FACE.leftEyeOuter]];
  return Math.hypot(left.x - right.x, left.y - right.y);
}
