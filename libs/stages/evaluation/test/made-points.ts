import { canonicalParts, POINT_PARTS, type PointPart } from '@soliloquy/latent-flow';
import { TRACK_PARTS, type TrackPart, type Tracks } from '@soliloquy/ports';
import { hashed } from './golden-hash.ts';

export const FRAMES = 60;
const PARTS = Array.from(canonicalParts(), (part) => POINT_PARTS[part]);
const POINTS = PARTS.length;

const trackPartOf = (part: PointPart): TrackPart => {
  if (part === 'leftHand' || part === 'rightHand') return part;
  return part === 'torso' || part.endsWith('Arm') ? 'body' : 'face';
};

/** The points of a person as `tracking@1` names them. */
const labels = {
  names: PARTS.map((part, i) => `${part}${i - PARTS.indexOf(part)}`),
  parts: Uint8Array.from(PARTS, (part) => TRACK_PARTS.indexOf(trackPartOf(part))),
};

/** Points that drift about their places, of whole-number arithmetic: the same as `film` of golden/motion-set.py. */
export function madePoints(seed: number, way: number): Tracks {
  const rest = hashed(POINTS * 2, seed + 1).map((value) => 40 + 400 * value);
  const steps = hashed(FRAMES * POINTS * 2, seed + 2).map((value) => way * (value - 0.5));
  const visibility = hashed(FRAMES * POINTS, seed + 3).map((value) => 0.45 + 0.55 * value);
  for (let i = 2 * POINTS; i < steps.length; i++) steps[i] += steps[i - 2 * POINTS];
  return {
    frames: FRAMES,
    fps: 25,
    points: POINTS,
    width: 480,
    height: 480,
    positions: Float32Array.from(steps, (value, i) => rest[i % (2 * POINTS)] + value),
    visibility: Float32Array.from(visibility),
    labels,
  };
}

/** The same points with those of some parts put elsewhere. */
export function movedPoints(
  tracks: Tracks,
  parts: readonly PointPart[],
  place: (frame: number, x: number, y: number) => readonly [number, number],
): Tracks {
  const positions = tracks.positions.slice();
  for (let at = 0; at < tracks.frames * POINTS; at++)
    if (parts.includes(PARTS[at % POINTS]))
      positions.set(place(Math.floor(at / POINTS), positions[2 * at], positions[2 * at + 1]), 2 * at);
  return { ...tracks, positions };
}
