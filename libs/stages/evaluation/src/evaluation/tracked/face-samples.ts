import type { Image, Video } from '@soliloquy/ports';
import type { StageContext } from '@soliloquy/stage';
import { PersonTracker, type FacePoints, type Networks } from '@soliloquy/whole-body';
import type { PersonTracks } from './person-tracks.ts';

/** What an embedding makes of a face. */
export type Embed = (image: Image, face: FacePoints) => Promise<Float32Array>;

/**
 * The embedding of the picture's face, and those of every so many frames in which the face is seen.
 *
 * @returns none where the picture shows no face
 */
export async function facesBeside(
  { image, video }: { readonly image: Image; readonly video: Video },
  person: PersonTracks,
  { networks, every, embed }: { readonly networks: Networks; readonly every: number; readonly embed: Embed },
  ctx: StageContext,
): Promise<{ readonly wanted: Float32Array; readonly seen: readonly Float32Array[] } | undefined> {
  // As the film is looked at: a look at a picture, mirrored too, takes longer and heavier networks.
  const { person: shown } = await new PersonTracker(networks, { hands: false }).next(image);
  if (!shown?.face) return undefined;
  const wanted = await embed(image, shown.face);
  const face = person.namesOf('face').map((name) => person.path('face', name));
  const seen: Float32Array[] = [];
  let frame = -1;
  for await (const data of video.read()) {
    ctx.signal.throwIfAborted();
    frame++;
    if (frame % every !== 0 || frame >= person.frames || face[0].seen[frame] === 0) continue;
    const { width, height } = video;
    seen.push(await embed({ width, height, data }, { points: face.map(({ x, y }) => ({ x: x[frame], y: y[frame] })) }));
  }
  return { wanted, seen };
}
