import { describe, expect, test } from 'vitest';
import { videoFromFrames } from '@soliloquy/media';
import type { Tracks, Video } from '@soliloquy/ports';
import { frechetDistance } from '../src/frechet-distance.ts';
import { FVMD_RIDGE, motionCells } from '../src/networks/motion-cells.ts';
import { followByFlow } from '../src/networks/window-tracks.ts';
import { measure } from './evaluate.ts';
import { movedPixels, softNoise } from './made-pixels.ts';
import { labelsOf, madeTracks, rangeOf } from './made-tracks.ts';

/** Whether every value is larger than the one before. */
function rises(values: readonly number[]): boolean {
  return values.every((value, i) => i === 0 || value > values[i - 1]);
}

describe('fvmd:lk', () => {
  const FRAMES = 24;
  const SIDE = 128;
  /** A patterned sheet that sways to and fro, one way faster than the other. */
  const sway = (frame: number): readonly [number, number] => [
    6 * Math.sin(frame / 4) + 2 * Math.sin(frame / 2),
    3 * Math.sin(frame / 5),
  ];
  const film = (place: (frame: number) => readonly [number, number]): Video =>
    videoFromFrames({ width: SIDE, height: SIDE, fps: 25, frames: FRAMES }, function* (from, to) {
      for (let frame = from; frame < to; frame++) yield movedPixels(SIDE, place(frame));
    });
  const rowsOf = async (video: Video): Promise<Float64Array[]> => {
    const rows: Float64Array[] = [];
    for await (const tracks of followByFlow(video, 2)) rows.push(motionCells(tracks, 'paper'));
    return rows;
  };
  const jittered = (by: number) => (frame: number) => {
    const [x, y] = sway(frame);
    return [x + by * softNoise(2 * frame), y + by * softNoise(2 * frame + 1)] as const;
  };

  test('is nothing of the true motion, and rises with jitter, slowness, frozen and backward motion', async () => {
    const truth = await rowsOf(film(sway));
    expect(truth).toHaveLength(5);
    const distance = async (place: (frame: number) => readonly [number, number]): Promise<number> =>
      frechetDistance(await rowsOf(film(place)), truth, FVMD_RIDGE);
    const same = frechetDistance(truth, truth, FVMD_RIDGE);
    const trembling = [await distance(jittered(1)), await distance(jittered(4)), await distance(jittered(12))];
    const half = await distance((frame) => sway(frame / 2));
    const frozen = await distance(() => sway(0));
    const backward = await distance((frame) => sway(FRAMES - 1 - frame));
    expect(Math.abs(same)).toBeLessThan(1);
    expect(rises([same, ...trembling])).toBe(true);
    expect(rises([same, half, frozen])).toBe(true);
    expect(backward).toBeGreaterThan(half);
  });
});

describe('acceleration error', () => {
  const truth = madeTracks(5);
  /** Calm paths: those of made tracks tremble by themselves. */
  const calm: Tracks = {
    ...truth,
    positions: truth.positions.map((_, i) => {
      const frame = Math.floor(i / (2 * truth.points));
      const point = i % (2 * truth.points);
      return 100 + (point % 90) + 9 * Math.sin(frame / 3 + point);
    }),
    visibility: truth.visibility.map(() => 1),
  };
  const errorOf = async (change: (frame: number, i: number) => number): Promise<number> => {
    const positions = calm.positions.map((_, i) => change(Math.floor(i / (2 * calm.points)), i));
    const { values } = await measure({ tracks: { ...calm, positions }, truthTracks: calm }, {});
    return values['acc-err:mediapipe:body'];
  };
  const at = (frame: number, i: number): number => calm.positions[frame * 2 * calm.points + (i % (2 * calm.points))];

  test('rises with jitter, and tells frozen, slow and backward motion', async () => {
    const jitter = await Promise.all(
      [0, 0.5, 1, 2].map((by) => errorOf((_, i) => calm.positions[i] + by * softNoise(i))),
    );
    expect(jitter[0]).toBe(0);
    expect(rises(jitter)).toBe(true);
    const slow = await errorOf((frame, i) => at(Math.floor(frame / 2), i));
    const frozen = await errorOf((_, i) => at(0, i));
    const backward = await errorOf((frame, i) => at(calm.frames - 1 - frame, i));
    for (const error of [slow, frozen, backward]) expect(error).toBeGreaterThan(0.3);
  });
});

test('sync:mediapipe-lag is how many frames the sound is shifted: 0, 2, 5, 10', async () => {
  const frames = 100;
  const [first, count] = rangeOf('face');
  const labels = labelsOf(['face']);
  const opening = (frame: number): number => 1.5 + softNoise(frame >> 1) + softNoise(1000 + (frame >> 2));
  const audio = {
    sampleRate: 16_000,
    samples: Float32Array.from({ length: 640 * frames }, (_, i) => {
      const frame = Math.floor(i / 640);
      return 0.05 * Math.max(0, opening(frame)) * Math.sin((2 * Math.PI * 200 * i) / 16_000);
    }),
  };
  expect(first).toBeGreaterThan(0);
  const tracksOf = (late: number): Tracks => {
    const positions = new Float32Array(2 * frames * count);
    for (let frame = 0; frame < frames; frame++)
      for (let point = 0; point < count; point++) {
        const at = 2 * (frame * count + point);
        positions[at] = 100 + (point % 40) * 2;
        positions[at + 1] = 100 + Math.floor(point / 40) * 4;
        // The lower lip's inner edge.
        if ([14, 87, 317].includes(point)) positions[at + 1] += 8 + 4 * opening(Math.max(0, frame - late));
      }
    return {
      frames,
      fps: 25,
      points: count,
      width: 256,
      height: 256,
      positions,
      visibility: new Float32Array(frames * count).fill(1),
      labels,
    };
  };
  const lags: number[] = [];
  const matches: number[] = [];
  for (const late of [0, 2, 5, 10]) {
    const { values } = await measure({ tracks: tracksOf(late), audio }, {});
    lags.push(values['sync:mediapipe-lag']);
    matches.push(values['sync:mediapipe']);
  }
  expect(lags.map((lag) => lag - lags[0])).toEqual([0, 2, 5, 10]);
  expect(Math.min(...matches)).toBeGreaterThan(0.8);
});

describe('blur and noise', () => {
  const SIDE = 64;
  const still = movedPixels(SIDE, [0, 0]);
  const filmOf = (data: Uint8ClampedArray): Video =>
    videoFromFrames({ width: SIDE, height: SIDE, fps: 25, frames: 2 }, (from, to) =>
      Array.from({ length: to - from }, () => data),
    );
  const noisy = (by: number) => still.map((value, i) => (i % 4 === 3 ? 255 : value + by * softNoise(i)));
  const blurred = (times: number): Uint8ClampedArray => {
    let data = still;
    for (let time = 0; time < times; time++)
      data = data.map((value, i, all) =>
        i % 4 === 3 ? 255 : (2 * value + (all[i - 4] ?? value) + (all[i + 4] ?? value)) / 4,
      );
    return data;
  };

  test('lower PSNR and SSIM step by step', async () => {
    const reference = filmOf(still);
    for (const spoiled of [[4, 16, 64].map(noisy), [1, 4, 16].map(blurred)]) {
      const figures = await Promise.all(
        spoiled.map(async (data) => (await measure({ video: filmOf(data), reference }, { every: 1 })).values),
      );
      for (const name of ['psnr', 'ssim']) expect(rises(figures.map((values) => -values[name])), name).toBe(true);
    }
  });
});
