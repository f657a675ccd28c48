import { resample } from '@soliloquy/media';
import type { Audio, Video } from '@soliloquy/ports';
import type { StageContext } from '@soliloquy/stage';
import type { PersonTracks, PointPath } from '../evaluation/tracked/person-tracks.ts';
import type { OpenNetwork } from './open-network.ts';
import type { Pixels } from './sample-pixels.ts';
import { cropFace, cropPlaces, type FaceBox } from './sync-crops.ts';
import { syncFigures, type SyncFigures } from './sync-distances.ts';
import { syncEmbeddings, syncWindows } from './sync-embeddings.ts';

/** Of sound, Hz, and of films, frames a second: SyncNet knows no others. */
const [HZ, FPS] = [16_000, 25];

/**
 * What SyncNet says of a film, and how many windows that rests on. A film of another rate is taken at its nearest
 * frames; the face is where its mesh is, or was last.
 *
 * @returns without figures where the film is too short for a window
 */
export async function syncOfFilm(
  networks: { readonly lips: OpenNetwork; readonly audio: OpenNetwork },
  { video, audio }: { readonly video: Video; readonly audio: Audio },
  person: PersonTracks,
  ctx: StageContext,
): Promise<{ readonly figures?: SyncFigures; readonly windows: number }> {
  const { samples } = resample(audio, HZ);
  const crops = await cropsOfFilm(video, person, ctx);
  const windows = syncWindows(crops.length, samples.length);
  if (windows === 0) return { windows };
  const made = await syncEmbeddings(networks, crops, samples, (done, total) => ctx.step(done, total, 'sync-net'));
  return { figures: syncFigures(made.lips, made.audio), windows };
}

async function cropsOfFilm(video: Video, person: PersonTracks, ctx: StageContext): Promise<Pixels[]> {
  const { width, height, fps } = video;
  const known = Math.min(video.frames, person.frames);
  const frames = Array.from({ length: Math.floor((known * FPS) / fps + 1e-6) }, (_, i) =>
    Math.min(known - 1, Math.round((i * fps) / FPS)),
  );
  const face = person.namesOf('face').map((name) => person.path('face', name));
  const places = cropPlaces(frames.map((frame) => boxOf(face, frame)));
  const crops: Pixels[] = [];
  let at = -1;
  for await (const data of video.read(0, known)) {
    ctx.signal.throwIfAborted();
    at++;
    for (let i = crops.length; frames[i] === at; i++) {
      const crop = cropFace({ width, height, data }, places[i]);
      // A face that is no pixel wide ends the film: what follows has no place.
      if (crop === undefined) return crops;
      crops.push(crop);
    }
  }
  return crops;
}

function boxOf(face: readonly PointPath[], frame: number): FaceBox {
  const [xs, ys] = (['x', 'y'] as const).map((axis) => face.map((path) => path[axis][frame]));
  return { x0: Math.min(...xs), y0: Math.min(...ys), x1: Math.max(...xs), y1: Math.max(...ys) };
}
