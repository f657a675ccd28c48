import type { Sampling } from '@soliloquy/motion-transformer';
import type { Audio, Landmarks } from '@soliloquy/ports';
import { openEars } from '@soliloquy/speech-features/hearing';
import type { CanonicalPoints } from '../canonical-points.ts';
import { fromTokens, tokenLayout } from '../flow-tokens.ts';
import type { WarpPose } from '../warp-decoder.ts';
import type { FlowMotion, LatentFlow, Speech } from './latent-flow-model.ts';
import { mannerFor, type WantedManner } from './manner-for.ts';
import { personNumbers } from './person-numbers.ts';

/** A film's frames, and how fast they follow each other. */
export interface FilmTime {
  readonly frames: number;
  readonly fps: number;
}

/** What is heard at each frame of the model's own rate, of as much sound as the film lasts. */
export async function heardBy(
  model: LatentFlow,
  audio: Audio,
  film: FilmTime,
): Promise<Pick<Speech, 'frames' | 'heard'>> {
  const frames = Math.max(1, Math.ceil((film.frames / film.fps) * model.fps - 1e-6));
  const ears = await openEars({ hearing: 'phones', phoneEncoder: model.phoneEncoder });
  try {
    return { frames, heard: (await ears.hear(audio, { fps: model.fps, frames })).data };
  } finally {
    await ears.dispose();
  }
}

/**
 * Latents at the film's rate, each between the two frames of the model around it: motion is linear in them. At the
 * model's own rate they are what they were.
 *
 * @param latent f32 [F', latent] at the model's rate
 * @returns      f32 [F, latent]
 */
export function atFilmRate(
  { latent: width, fps }: Pick<LatentFlow, 'latent' | 'fps'>,
  latent: Float32Array,
  film: FilmTime,
): Float32Array {
  const last = latent.length / width - 1;
  const rows = new Float32Array(film.frames * width);
  for (let f = 0; f < film.frames; f++) {
    const at = Math.min(last, Math.max(0, ((f + 0.5) / film.fps) * fps - 0.5));
    const below = Math.floor(at + 1e-6);
    const share = Math.max(0, at - below);
    const above = Math.min(last, below + 1);
    for (let k = 0; k < width; k++)
      rows[f * width + k] = (1 - share) * latent[below * width + k] + share * latent[above * width + k];
  }
  return rows;
}

/** Frames of a motion on somebody. */
export function posesOf(points: CanonicalPoints, { tokens, appearance }: FlowMotion): WarpPose[] {
  const tracks = fromTokens(points, tokenLayout(points), tokens);
  const row = 2 * points.count;
  return Array.from({ length: tracks.length / row }, (_, f) => ({
    tracks: tracks.subarray(f * row, (f + 1) * row),
    appearance: appearance.subarray(4 * f, 4 * f + 4),
  }));
}

/** Somebody who says something. */
export interface SpeakingPerson {
  readonly audio: Audio;
  readonly landmarks: Landmarks;
  /** of the landmarks, film pixels */
  readonly points: CanonicalPoints;
  readonly width: number;
  readonly height: number;
  readonly expressiveness: number;
  readonly manner: WantedManner;
}

/** Samples the motion of somebody who says this: a pose for every frame of the film. */
export async function sampleFilm(
  model: LatentFlow,
  person: SpeakingPerson,
  { film, ...sampling }: Sampling & { readonly film: FilmTime },
): Promise<WarpPose[]> {
  const { audio, landmarks, points, width, height, expressiveness } = person;
  const speech = {
    ...(await heardBy(model, audio, film)),
    manner: mannerFor(model.manners, expressiveness, person.manner),
    person: personNumbers(landmarks, width, height),
  };
  const latent = await model.sample(speech, sampling);
  return posesOf(points, model.decode(atFilmRate(model, latent, film)));
}
