import { TRACK_PARTS, type TrackPart, type Tracks } from '@soliloquy/ports';
import { BODY_POINTS, HAND_POINTS } from '@soliloquy/whole-body/points';
import { hashed } from './golden-hash.ts';

/** Names of the points of each part, as `tracking@1` gives them. */
export const NAMES: Readonly<Record<TrackPart, readonly string[]>> = {
  body: BODY_POINTS,
  face: Array.from({ length: 478 }, (_, i) => String(i)),
  leftHand: HAND_POINTS,
  rightHand: HAND_POINTS,
};
const [FRAMES, FPS, POINTS] = [60, 25, 553];
const LIDS = [
  [160, 144],
  [158, 153],
  [385, 380],
  [387, 373],
] as const;
/** First frame and number of frames of two blinks, a twitch, and a sleep. */
const SHUT = [
  [5, 3],
  [12, 1],
  [20, 10],
  [40, 12],
] as const;

/** What the points of tracks are: those of the given parts. */
export function labelsOf(parts: readonly TrackPart[] = TRACK_PARTS): NonNullable<Tracks['labels']> {
  return {
    names: parts.flatMap((part) => NAMES[part]),
    parts: Uint8Array.from(parts.flatMap((part) => NAMES[part].map(() => TRACK_PARTS.indexOf(part)))),
  };
}

/** First point and number of points of a part. */
export function rangeOf(part: TrackPart): readonly [number, number] {
  const before = TRACK_PARTS.slice(0, TRACK_PARTS.indexOf(part));
  return [before.reduce((sum, each) => sum + NAMES[each].length, 0), NAMES[part].length];
}

/** Tracks of a person made of whole-number arithmetic: the same as `tracks` of golden/tracks.py. */
export function madeTracks(seed: number): Tracks {
  const rest = hashed(POINTS * 2, seed + 1).map((value) => 40 + 400 * value);
  const positions = hashed(FRAMES * POINTS * 2, seed + 2).map(
    (value, i) => rest[i % (POINTS * 2)] + 12 * (value - 0.5),
  );
  const visibility = hashed(FRAMES * POINTS, seed + 3).map((value) => 0.3 + 0.7 * value);
  for (const part of TRACK_PARTS.slice(1)) {
    const [first, count] = rangeOf(part);
    for (let frame = 0; frame < FRAMES; frame++) {
      const at = frame * POINTS + first;
      visibility.fill(visibility[at] * (part === 'rightHand' ? 0.6 : 1), at, at + count);
    }
  }
  const [face] = rangeOf('face');
  for (const [start, count] of SHUT)
    for (let frame = start; frame < start + count; frame++)
      for (const [upper, lower] of LIDS)
        for (const axis of [0, 1]) {
          const [a, b] = [upper, lower].map((point) => (frame * POINTS + face + point) * 2 + axis);
          positions[b] = positions[a] + 0.1 * (positions[b] - positions[a]);
        }
  return {
    frames: FRAMES,
    fps: FPS,
    points: POINTS,
    width: 480,
    height: 480,
    positions: Float32Array.from(positions),
    visibility: Float32Array.from(visibility),
    labels: labelsOf(),
  };
}

/** The same tracks with every point of a part, or one of it, put elsewhere. */
export function moved(
  tracks: Tracks,
  part: TrackPart,
  place: (frame: number, x: number, y: number, name: string) => readonly [number, number],
): Tracks {
  const positions = tracks.positions.slice();
  const [first, count] = rangeOf(part);
  for (let frame = 0; frame < tracks.frames; frame++)
    for (let i = 0; i < count; i++) {
      const at = (frame * tracks.points + first + i) * 2;
      positions.set(place(frame, positions[at], positions[at + 1], NAMES[part][i]), at);
    }
  return { ...tracks, positions };
}

/** The same tracks, of which a part is not seen in the first frames, all of them unless told. */
export function unseen(tracks: Tracks, part: TrackPart, frames = tracks.frames): Tracks {
  const visibility = tracks.visibility.slice();
  const [first, count] = rangeOf(part);
  for (let frame = 0; frame < frames; frame++)
    visibility.fill(0, frame * tracks.points + first, frame * tracks.points + first + count);
  return { ...tracks, visibility };
}
