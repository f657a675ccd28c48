import { describe, expect, test } from 'vitest';
import type { Audio } from '@soliloquy/ports';
import { beatAlignment } from '../src/evaluation/tracked/beats.ts';
import { SeenPerson } from '../src/evaluation/tracked/seen-person.ts';
import { measure } from './evaluate.ts';
import { madeTracks, moved, unseen } from './made-tracks.ts';

/** Seconds at which the right wrist is slowest: between strokes that are cosines of half a second to and fro. */
const BEATS = [0.7, 1.2, 1.7];
const [START, STROKE] = [0.2, 0.5];
const still = (() => {
  const tracks = madeTracks(11);
  const visibility = new Float32Array(tracks.visibility.length).fill(1);
  const places = { leftShoulder: [300, 100], rightShoulder: [200, 100], leftWrist: [310, 300] } as Record<
    string,
    [number, number]
  >;
  return moved({ ...tracks, visibility }, 'body', (_frame, _x, _y, name) => places[name] ?? [200, 250]);
})();
/** The right wrist goes to and fro by so many pixels, once every stroke. */
const waving = (pixels: number) =>
  moved(still, 'body', (frame, x, y, name) => {
    if (name !== 'rightWrist') return [x, y];
    const strokes = Math.min(4, Math.max(0, ((frame + 0.5) / still.fps - START) / STROKE));
    return [x, y + (pixels / 2) * (1 - Math.cos(Math.PI * strokes))];
  });
const beatsOf = (tracks: typeof still) =>
  new SeenPerson({ tracks }, 'tracks', ((_key: string, compute: () => unknown) => compute()) as never).beats;

/** Clicks, each a burst of a tone. */
function clicks(times: readonly number[]): Audio {
  const samples = new Float32Array(3 * 16_000);
  for (const time of times)
    for (let i = 0; i < 6000; i++)
      samples[Math.round(time * 16_000) + i] += 0.5 * Math.exp(-i / 400) * Math.sin(0.17 * i);
  return { sampleRate: 16_000, samples };
}

describe('beats of the hands', () => {
  test('are where a wrist is slowest between two strokes', () => {
    const beats = beatsOf(waving(60));
    expect(beats).toHaveLength(BEATS.length);
    beats.forEach((beat, i) => expect(Math.abs(beat - BEATS[i])).toBeLessThan(1 / still.fps));
  });

  test('a hand that is still, moves too slowly, or is not seen has none', () => {
    expect(beatsOf(still)).toEqual([]);
    expect(beatsOf(waving(2))).toEqual([]);
    expect(beatsOf(unseen(waving(60), 'body'))).toEqual([]);
  });
});

describe('beat alignment', () => {
  test('is that of the equation', () => {
    expect(beatAlignment([1, 2], [1, 2, 5])).toBe(1);
    expect(beatAlignment([1, 2], [1.1, 7])).toBeCloseTo((Math.exp(-0.5) + Math.exp(-(0.9 ** 2) / 0.02)) / 2, 12);
    expect(beatAlignment([], [1])).toBeUndefined();
    expect(beatAlignment([1], [])).toBeUndefined();
  });

  test('of a voice that is stressed on the beats is high, of one that is stressed between them low', async () => {
    const on = clicks(BEATS);
    const off = clicks(BEATS.map((time) => time + 0.25));
    const values = (await measure({ tracks: waving(60), audio: on, voices: [off, off] }, {})).values;
    expect(values['beat-alignment']).toBeGreaterThan(0.9);
    expect(values['beat-alignment/other']).toBeLessThan(0.2);
    const truth = (await measure({ tracks: still, truthTracks: waving(60), audio: off }, {})).values;
    expect(truth['beat-alignment']).toBeUndefined();
    expect(truth['beat-alignment/truth']).toBeLessThan(0.2);
  });
});
