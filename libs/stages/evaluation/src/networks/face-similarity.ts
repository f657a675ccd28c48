import type { Image, Video } from '@soliloquy/ports';
import type { StageContext } from '@soliloquy/stage';
import { FACE, Networks, type FacePoints } from '@soliloquy/whole-body';
import { facesBeside } from '../evaluation/tracked/face-samples.ts';
import type { PersonTracks } from '../evaluation/tracked/person-tracks.ts';
import { alignedFace, ARCFACE_SIDE, type Point } from './face-alignment.ts';
import type { OpenNetwork } from './open-network.ts';

/** ArcFace's five points among those of the mesh; in the order of `ARCFACE_POINTS`, whose left is the picture's. */
const FIVE = [FACE.rightEye, FACE.leftEye, FACE.noseTip, FACE.mouthRight, FACE.mouthLeft];

/** Where ArcFace is shown a face: pixel centres at whole numbers there, at .5 in the mesh. */
export function arcfacePoints({ points }: FacePoints): Point[] {
  return FIVE.map((place) => [points[place].x - 0.5, points[place].y - 0.5]);
}

/**
 * Cosine of ArcFace's embeddings of the picture and of every so many frames in which the face is seen.
 *
 * @returns none where the picture shows no face
 */
export async function arcfaceCosines(
  arcface: OpenNetwork,
  given: { readonly image: Image; readonly video: Video },
  person: PersonTracks,
  { every, ctx }: { readonly every: number; readonly ctx: StageContext },
): Promise<number[]> {
  const networks = new Networks({ threads: ctx.threads });
  const embed = async (image: Image, face: FacePoints): Promise<Float32Array> => {
    const data = alignedFace(image, arcfacePoints(face));
    const [embedding] = await arcface.run({ shape: [1, 3, ARCFACE_SIDE, ARCFACE_SIDE], data });
    return embedding;
  };
  try {
    const faces = await facesBeside(given, person, { networks, every, embed }, ctx);
    return (faces?.seen ?? []).map((seen) => cosine(faces!.wanted, seen));
  } finally {
    await networks.dispose();
  }
}

/** Of the angle between two embeddings. */
export function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (p: Float32Array, q: Float32Array): number => p.reduce((sum, value, i) => sum + value * q[i], 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
