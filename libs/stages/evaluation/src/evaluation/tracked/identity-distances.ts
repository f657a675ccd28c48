import type { Image, Video } from '@soliloquy/ports';
import type { StageContext } from '@soliloquy/stage';
import { faceEmbedding, identityDistance, Networks, PersonTracker } from '@soliloquy/whole-body';
import type { PersonTracks } from './person-tracks.ts';

/**
 * `identity:dlib` of every so many frames to the picture, of the frames in which the face is seen.
 *
 * @returns none where the picture shows no face
 */
export async function distancesToPicture(
  { image, video }: { readonly image: Image; readonly video: Video },
  person: PersonTracks,
  every: number,
  ctx: StageContext,
): Promise<number[]> {
  const networks = new Networks({ threads: ctx.threads });
  try {
    // As the film is looked at: a look at a picture, mirrored too, takes longer and heavier networks.
    const { person: shown } = await new PersonTracker(networks, { hands: false }).next(image);
    if (!shown?.face) return [];
    const wanted = await faceEmbedding(networks, image, shown.face);
    const face = person.namesOf('face').map((name) => person.path('face', name));
    const distances: number[] = [];
    let frame = -1;
    for await (const data of video.read()) {
      ctx.signal.throwIfAborted();
      frame++;
      if (frame % every !== 0 || frame >= person.frames || face[0].seen[frame] === 0) continue;
      const shownNow = { points: face.map(({ x, y }) => ({ x: x[frame], y: y[frame] })) };
      const { width, height } = video;
      distances.push(identityDistance(wanted, await faceEmbedding(networks, { width, height, data }, shownNow)));
    }
    return distances;
  } finally {
    await networks.dispose();
  }
}
