import { expect, test } from 'vitest';
import { videoFromFrames } from '@soliloquy/media';
import type { Tracks } from '@soliloquy/ports';
import { stageContext } from '@soliloquy/testing';
import { PersonTracks } from '../src/evaluation/tracked/person-tracks.ts';
import type { OpenNetwork } from '../src/networks/open-network.ts';
import { handConfidence, pathsOfPart } from '../src/networks/poses-of-film.ts';
import { syncOfFilm } from '../src/networks/sync-of-film.ts';
import type { WholeBodyPose } from '../src/networks/whole-body-pose.ts';
import { labelsOf } from './made-tracks.ts';

const FRAMES = 40;

/** A film whose frames are as bright as their number, with a face that stands still. */
function film(fps: number) {
  const video = videoFromFrames({ width: 64, height: 64, fps, frames: FRAMES }, function* (from, to) {
    for (let frame = from; frame < to; frame++) yield new Uint8ClampedArray(64 * 64 * 4).fill(frame);
  });
  const labels = labelsOf(['face']);
  const points = labels.names.length;
  const tracks: Tracks = {
    frames: FRAMES,
    fps,
    points,
    width: 64,
    height: 64,
    positions: Float32Array.from({ length: FRAMES * points * 2 }, (_, i) => 24 + ((i >> 1) % 17)),
    visibility: new Float32Array(FRAMES * points).fill(1),
    labels,
  };
  return { video, person: new PersonTracks('evaluation.tracks', tracks) };
}

/** A network that keeps what it is shown, and gives embeddings of nothing. */
function recording(): OpenNetwork & { readonly seen: Float32Array[]; readonly shapes: (readonly number[])[] } {
  const [seen, shapes]: [Float32Array[], (readonly number[])[]] = [[], []];
  return {
    seen,
    shapes,
    run: async ({ shape, data }) => {
      seen.push(data as Float32Array);
      shapes.push(shape);
      return [new Float32Array(shape[0] * 1024)];
    },
    dispose: async () => undefined,
  };
}

test.each([
  [25, 40, 35],
  [50, 20, 15],
])('of a film of %i frames a second SyncNet sees %i crops, and compares %i windows', async (fps, crops, windows) => {
  const { video, person } = film(fps);
  const [lips, audio] = [recording(), recording()];
  const sound = { sampleRate: 48_000, samples: new Float32Array(48_000 * 2) };
  const made = await syncOfFilm({ lips, audio }, { video, audio: sound }, person, stageContext());
  expect(made.windows).toBe(windows);
  expect(lips.shapes[0]).toEqual([4, 3, 5, 224, 224]);
  expect(audio.shapes[0]).toEqual([4, 1, 13, 20]);
  // The middle of the crop of the last frame of the last window: of every second frame at 50.
  const last = lips.seen.at(-1)!;
  const middle = last.length - 224 * 224 + 112 * 224 + 112;
  expect(last[middle]).toBe((crops - 2) * (fps / 25));
});

test('a film shorter than a window has no figures', async () => {
  const { video, person } = film(25);
  const sound = { sampleRate: 16_000, samples: new Float32Array(3000) };
  const networks = { lips: recording(), audio: recording() };
  expect(await syncOfFilm(networks, { video, audio: sound }, person, stageContext())).toEqual({ windows: 0 });
});

test('HKC counts who is not found as 0; a point that is not sure is not seen', () => {
  const pose = (hand: number): WholeBodyPose => ({
    points: Float32Array.from({ length: 266 }, (_, i) => i),
    confidence: Float32Array.from({ length: 133 }, (_, i) => (i < 91 ? 1 : i < 112 ? hand : 0)),
  });
  expect(handConfidence(undefined)).toBe(0);
  expect(handConfidence(pose(0.8))).toBeCloseTo(0.4, 6);
  const paths = pathsOfPart({ poses: [pose(0.8), undefined, pose(0.2)], weights: '' }, 'hand');
  expect(paths).toHaveLength(42);
  expect([...paths[0].seen]).toEqual([1, 0, 0]);
  expect([paths[0].x[0], paths[0].y[0]]).toEqual([182, 183]);
});
