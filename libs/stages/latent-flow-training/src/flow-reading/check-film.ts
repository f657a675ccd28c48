import { POINT_PARTS, type CanonicalPoints, type TokenLayout } from '@soliloquy/latent-flow';
import { findCuts, thumbnailOf } from '@soliloquy/planes';
import type { Audio, Image, Tracks, Video } from '@soliloquy/ports';
import { StageError } from '@soliloquy/stage';
import { Networks, PersonTracker } from '@soliloquy/whole-body';

/** Mean shift of the head or the torso beyond which the points are of another picture, units of the face. */
const FAR = 2;

/**
 * A film with sound and of the rate that is asked for.
 *
 * @throws StageError `stage.no-sound`, `stage.film-rate`
 */
export function soundOf({ audio, fps }: Video, wanted: number): Audio {
  if (audio === undefined)
    throw new StageError({
      code: 'stage.no-sound',
      where: 'flow-reading.video',
      expected: 'a film with its sound',
      got: 'one without',
      remedy: 'connect a film in which the person is heard',
    });
  if (Math.abs(fps - wanted) > 1e-3)
    throw new StageError({
      code: 'stage.film-rate',
      where: 'flow-reading.video',
      expected: `${wanted} frames a second`,
      got: String(fps),
      remedy: 'bring the film to that rate, or set fps for all films',
    });
  return audio;
}

/**
 * Tracks of this film, of these points.
 *
 * @throws StageError `stage.other-points` for tracks of another set of points, `stage.count-mismatch` for those of
 *   another film, `stage.landmarks-size` and `stage.landmarks-mismatch` where the landmarks are of another picture
 */
export function checkTracks(
  tracks: Tracks,
  { video, image, points }: { readonly video: Video; readonly image: Image; readonly points: CanonicalPoints },
): void {
  const first = POINT_PARTS.map((_, p) => points.parts.indexOf(p));
  const wrong = Array.from(points.parts, (part, q) => `${POINT_PARTS[part]}${q - first[part]}`).find(
    (name, q) => tracks.labels?.names[q] !== name,
  );
  if (tracks.points !== points.count || wrong !== undefined)
    throw new StageError({
      code: 'stage.other-points',
      where: 'flow-reading.tracks',
      expected: `the ${points.count} points of a person (${wrong ?? 'no others'})`,
      got: `${tracks.points}, ${tracks.labels?.names.slice(0, 3).join(', ') ?? 'without names'} …`,
      remedy: 'track with the backbone points',
    });
  const [film, tracked] = [video, tracks].map(({ width, height, frames }) => `${frames} frames of ${width}x${height}`);
  if (film !== tracked)
    throw new StageError({
      code: 'stage.count-mismatch',
      where: 'flow-reading.tracks',
      expected: film,
      got: tracked,
      remedy: 'connect the tracks of this film',
    });
  const ratio = (image.width / image.height) * (video.height / video.width);
  if (ratio < 0.98 || ratio > 1.02)
    throw new StageError({
      code: 'stage.landmarks-size',
      where: 'flow-reading.image',
      expected: `the picture that the ${video.width}x${video.height} film was made from`,
      got: `${image.width}x${image.height}`,
      remedy: 'connect the picture of this film',
    });
}

/**
 * Where points of head and torso are usually far from where the landmarks have them, the landmarks are not those that
 * were tracked.
 *
 * @param tokens f32 [F, D]
 * @throws StageError `stage.landmarks-mismatch`
 */
export function checkRest({ width, ranges }: TokenLayout, tokens: Float32Array): void {
  const frames = tokens.length / width;
  for (const { part, from, to } of ranges) {
    if (part !== 'torso' && part !== 'head') continue;
    // The carrier of the head comes first: its two numbers say where the head is.
    const last = part === 'head' ? from + 2 : to;
    const mean = [0, 0];
    for (let f = 0; f < frames; f++)
      for (let i = from; i < last; i++) mean[(i - from) % 2] += (2 * tokens[f * width + i]) / (frames * (last - from));
    const off = Math.hypot(mean[0], mean[1]);
    if (off > FAR)
      throw new StageError({
        code: 'stage.landmarks-mismatch',
        where: 'flow-reading.landmarks',
        expected: `the landmarks that the film was tracked with: its ${part} near where they have it`,
        got: `a ${part} that is ${off.toFixed(1)} faces away`,
        remedy: 'connect the same picture and landmarks to tracking and here',
      });
  }
}

/** Looks at the frames of a film as they go by. */
export interface FilmWatch {
  see(frame: Image): Promise<void>;
  /** @throws StageError `stage.film-cut` for a film that was cut, `stage.several-people` for one of several */
  finish(): Promise<void>;
}

/** @param looks frames in which other people are looked for, evenly over the film */
export function watchFilm(frames: number, looks: number): FilmWatch {
  const thumbs: Float32Array[] = [];
  const looked = new Set(Array.from({ length: looks }, (_, i) => Math.floor(((i + 0.5) * frames) / looks)));
  const networks = looks > 0 ? new Networks({ threads: 1 }) : undefined;
  let several: { readonly frame: number; readonly people: number } | undefined;
  return {
    async see(frame) {
      if (networks && looked.has(thumbs.length)) {
        // A tracker that has not seen a frame yet looks for everybody.
        const { people = 0 } = await new PersonTracker(networks, { hands: false }).next(frame);
        if (people > 1) several ??= { frame: thumbs.length, people };
      }
      thumbs.push(thumbnailOf(frame));
    },
    async finish() {
      await networks?.dispose();
      if (several)
        throw new StageError({
          code: 'stage.several-people',
          where: 'flow-reading.video',
          expected: 'a film of one person',
          got: `${several.people} people in frame ${several.frame}`,
          remedy: 'cut the film to one of them',
        });
      const [cut] = findCuts(thumbs);
      if (cut !== undefined)
        throw new StageError({
          code: 'stage.film-cut',
          where: 'flow-reading.video',
          expected: 'a film without a cut',
          got: `another scene from frame ${cut} on`,
          remedy: 'make it two films, or take the part before the cut',
        });
    },
  };
}
