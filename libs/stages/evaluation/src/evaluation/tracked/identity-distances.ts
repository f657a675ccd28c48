import type { Image, Video } from '@soliloquy/ports';
import type { StageContext } from '@soliloquy/stage';
import { faceEmbedding, identityDistance, Networks } from '@soliloquy/whole-body';
import { facesBeside } from './face-samples.ts';
import type { PersonTracks } from './person-tracks.ts';

/**
 * `identity:dlib` of every so many frames to the picture, of the frames in which the face is seen.
 *
 * @returns none where the picture shows no face
 */
export async function distancesToPicture(
  given: { readonly image: Image; readonly video: Video },
  person: PersonTracks,
  every: number,
  ctx: StageContext,
): Promise<number[]> {
  const networks = new Networks({ threads: ctx.threads });
  try {
    const embed = (image: Image, face: Parameters<typeof faceEmbedding>[2]) => faceEmbedding(networks, image, face);
    const faces = await facesBeside(given, person, { networks, every, embed }, ctx);
    return (faces?.seen ?? []).map((seen) => identityDistance(faces!.wanted, seen));
  } finally {
    await networks.dispose();
  }
}
