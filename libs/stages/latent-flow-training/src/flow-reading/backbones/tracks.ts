import {
  APPEARANCE,
  appearanceReader,
  canonicalPoints,
  FLOW_PARTS,
  POINT_SET,
  tokenLayout,
  toTokens,
  type CanonicalPoints,
  type TokenLayout,
} from '@soliloquy/latent-flow';
import { mannerNumbers, personNumbers } from '@soliloquy/latent-flow/motion';
import type { Tracks, Video } from '@soliloquy/ports';
import { openEars } from '@soliloquy/speech-features/hearing';
import { StageError, type RunOf, type StageContext } from '@soliloquy/stage';
import { checkRest, checkTracks, soundOf, watchFilm } from '../check-film.ts';
import type { flowReadingStage } from '../stage.ts';

/** A point that is less sure in a frame was not followed there. */
const FOLLOWED = 0.2;

/**
 * The flow of a film: tokens of its tracks, the read-outs of every frame, what is heard, person and manner.
 *
 * @throws StageError of `soundOf`, `checkTracks`, `checkRest` and `watchFilm`
 */
export const run: RunOf<typeof flowReadingStage, 'tracks'> = async (inputs, { fps, looks }, ctx) => {
  const { video, tracks, image, landmarks } = inputs;
  const { width, height, frames } = video;
  const audio = soundOf(video, fps);
  const points = canonicalPoints(landmarks, width, height);
  checkTracks(tracks, { video, image, points });
  const layout = tokenLayout(points);
  const tokens = toTokens(points, layout, tracks.positions);
  checkRest(layout, tokens);
  const reader = await appearanceReader({ image, landmarks, points, width, height });
  const appearance = await readFrames({ video, tracks, looks, read: reader.read }, ctx);
  const ears = await openEars({ hearing: 'phones' });
  try {
    const { data: heard } = await ears.hear(audio, { fps, frames });
    const person = personNumbers(landmarks, width, height);
    const manner = mannerNumbers(layout, tokens, fps);
    const followed = shareFollowed(points, layout, tracks);
    const phoneEncoder = ears.heardBy.phoneEncoder!;
    return {
      flow: { frames, fps, points: POINT_SET, phoneEncoder, tokens, appearance, heard, person, manner, followed },
    };
  } finally {
    await ears.dispose();
  }
};

interface Reading {
  readonly video: Video;
  readonly tracks: Tracks;
  readonly looks: number;
  readonly read: (rgba: Uint8ClampedArray, tracks: Float32Array) => Float32Array;
}

/** f32 [F, 4] */
async function readFrames({ video, tracks, looks, read }: Reading, ctx: StageContext): Promise<Float32Array> {
  const { width, height, frames } = video;
  const appearance = new Float32Array(frames * APPEARANCE.length);
  const watch = watchFilm(frames, looks);
  let frame = 0;
  for await (const data of video.read()) {
    await ctx.step(frame, frames, 'frame');
    await watch.see({ width, height, data });
    const row = 2 * tracks.points;
    appearance.set(read(data, tracks.positions.subarray(frame * row, (frame + 1) * row)), frame * APPEARANCE.length);
    frame++;
  }
  await watch.finish();
  if (frame !== frames)
    throw new StageError({
      code: 'stage.count-mismatch',
      where: 'flow-reading.video',
      expected: `${frames} frames`,
      got: String(frame),
      remedy: 'make the film again',
    });
  return appearance;
}

/** Of each part's points that the picture shows, over all frames; 1 for a part that it does not show. */
function shareFollowed(points: CanonicalPoints, { ranges }: TokenLayout, tracks: Tracks): Float32Array {
  return Float32Array.from(FLOW_PARTS, (wanted) => {
    const members = ranges.find(({ part }) => part === wanted)!.members.filter((q) => points.visibility[q] > 0);
    let found = 0;
    for (let f = 0; f < tracks.frames; f++)
      for (const q of members) if (tracks.visibility[f * tracks.points + q] >= FOLLOWED) found++;
    return members.length === 0 ? 1 : found / (members.length * tracks.frames);
  });
}
