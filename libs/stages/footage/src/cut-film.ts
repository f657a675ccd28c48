import { matteOfFilm } from '@soliloquy/film-matte';
import { evenSize, resizeImage, videoFromFrames, type Audio, type Image, type Video } from '@soliloquy/media';
import { findCuts, thumbnailsOf } from '@soliloquy/planes';
import type { Metrics } from '@soliloquy/ports';
import { speechEnvelope } from '@soliloquy/speech-features';
import { metricsOf, StageError, type StageContext } from '@soliloquy/stage';
import { chooseClips, chooseReference, type ChosenClip, type LeftOut } from './choose-clips.ts';
import { CLIP_FIGURES } from './figures.ts';
import { lookAtFilm, type Look } from './look.ts';

/** What a film gives. */
export interface CutFilm {
  readonly video: Video[];
  readonly audio: Audio[];
  readonly metrics: Metrics[];
  /** The looks at it, and the frame of the one that is fit for a reference picture. */
  readonly reference: Image;
}

export interface CutParams {
  readonly seconds: number;
  readonly clips: number;
  readonly area: number;
}

/** Speech is where its envelope is above this. */
const SPEAKS = 0.25;

/**
 * Cuts a film of a person into clips, and finds the frame that pictures the person best.
 *
 * @param name what messages call it
 * @throws StageError `stage.silent-film` for a film without sound, `stage.no-clip` where no part of it will do
 */
export async function cutFilm(film: Video, name: string, params: CutParams, ctx: StageContext): Promise<CutFilm> {
  const { fps, audio } = film;
  if (audio === undefined)
    throw new StageError({
      code: 'stage.silent-film',
      where: `footage.${name}`,
      expected: 'a film with sound',
      got: 'one without',
      remedy: 'give the recording as it was made, with its sound',
    });
  const small = scaled(film, params.area);
  const thumbs = await thumbnailsOf(film, (frame) => ctx.step(frame, film.frames, `cuts of ${name}`));
  const cuts = findCuts(thumbs);
  const looks = await lookAtFilm(film, thumbs, {
    threads: ctx.threads,
    step: (frame) => ctx.step(frame, film.frames, `the person of ${name}`),
  });
  const length = Math.max(1, Math.round(params.seconds * fps));
  const { clips, leftOut } = chooseClips(film, { cuts, looks }, { length, most: params.clips });
  tell(name, { clips, leftOut, cuts }, ctx);
  if (clips.length === 0) throw noClip(name, params.seconds, leftOut);
  const made: CutFilm = {
    video: [],
    audio: [],
    metrics: [],
    reference: await pictureOf(small, bestLook(looks, clips)),
  };
  for (const clip of clips) {
    const video = clipOf(small, clip);
    made.video.push({ ...video, matte: await matteOfFilm(video, ctx) });
    made.audio.push(video.audio as Audio);
    made.metrics.push(figuresOf(clip, video));
  }
  return made;
}

/** Within clips, where there is a face: what is left out is so for a reason. */
function bestLook(looks: readonly Look[], clips: readonly ChosenClip[]): Look {
  return chooseReference(looks.filter(({ frame }) => clips.some(({ from, to }) => frame >= from && frame < to)));
}

async function pictureOf(film: Video, { frame }: Look): Promise<Image> {
  const { width, height } = film;
  for await (const data of film.read(frame, frame + 1)) return { width, height, data: data.slice() };
  throw new RangeError(`no frame ${frame}`);
}

/** The film at an area, where it is larger. */
function scaled(film: Video, area: number): Video {
  if (film.width * film.height <= area && film.width % 2 === 0 && film.height % 2 === 0) return film;
  const { width, height } = evenSize(film.width, film.height, Math.min(area, film.width * film.height));
  return videoFromFrames({ ...film, width, height }, async function* (from, to) {
    for await (const data of film.read(from, to))
      yield (await resizeImage({ width: film.width, height: film.height, data }, width, height)).data;
  });
}

/** A part of a film, with the sound of exactly that time. */
export function clipOf(film: Video, { from, to }: { readonly from: number; readonly to: number }): Video {
  const { width, height, fps } = film;
  const { sampleRate, samples } = film.audio as Audio;
  const piece = new Float32Array(Math.round(((to - from) / fps) * sampleRate));
  const start = Math.round((from / fps) * sampleRate);
  piece.set(samples.subarray(start, start + piece.length));
  const audio = { sampleRate, samples: piece };
  return videoFromFrames({ width, height, fps, frames: to - from, audio }, (first, last) =>
    film.read(from + first, from + last),
  );
}

function figuresOf(clip: ChosenClip, { fps, frames, audio }: Video): Metrics {
  const envelope = speechEnvelope(audio as Audio, fps, frames);
  const speech = envelope.filter((level) => level > SPEAKS).length / frames;
  const { presence, eyes, sharpness, background } = clip;
  return metricsOf(CLIP_FIGURES, { begins: clip.from / fps, presence, eyes, sharpness, background, speech });
}

function tell(
  name: string,
  found: { readonly clips: readonly ChosenClip[]; readonly leftOut: LeftOut; readonly cuts: readonly number[] },
  ctx: StageContext,
): void {
  const { clips, leftOut, cuts } = found;
  const left = Object.entries(WORDS).flatMap(([why, words]) => {
    const seconds = leftOut[why as keyof LeftOut];
    return seconds > 0 ? [`${seconds.toFixed(1)} s ${words}`] : [];
  });
  ctx.log(
    `footage.${name}: ${clips.length} clips, ${cuts.length} cuts` +
      (left.length > 0 ? `; left out: ${left.join(', ')}` : ''),
  );
}

const WORDS: Readonly<Record<keyof LeftOut, string>> = {
  cut: 'beside cuts',
  absent: 'without the person',
  camera: 'with a moving camera or background',
};

function noClip(name: string, seconds: number, leftOut: LeftOut): StageError {
  const reasons = Object.entries(WORDS)
    .map(([why, words]) => `${leftOut[why as keyof LeftOut].toFixed(1)} s ${words}`)
    .join(', ');
  return new StageError({
    code: 'stage.no-clip',
    where: `footage.${name}`,
    expected: `${seconds} s of one person before a steady background without a cut`,
    got: `none; left out: ${reasons}`,
    remedy: 'record with the camera on a stand and the face towards it, or lower seconds',
  });
}
