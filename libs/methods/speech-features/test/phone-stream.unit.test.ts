import { describe, expect, test } from 'vitest';
import { resample } from '@soliloquy/media/resample';
import { seededNormals } from '@soliloquy/random';
import { openEars, openEarsOfStream } from '../src/hearing.ts';
import type { StreamEars } from '../src/stream-ears.ts';

const [RATE, FPS] = [16_000, 25];
const WIDTH = 66;

/** A buzz with two formants that wander, in syllables, with pauses between phrases and a hiss behind. */
function talk(seconds: number, rate = RATE): Float32Array {
  const hiss = seededNormals(seconds * RATE, 3);
  const samples = Float32Array.from({ length: seconds * RATE }, (_, i) => {
    const t = i / RATE;
    if (t % 2.5 > 2) return 1e-4 * hiss[i];
    const [first, second] = [500 + 250 * Math.sin(5 * t), 1500 + 600 * Math.sin(3.1 * t)];
    let x = 0;
    for (let h = 1; h <= 30; h++) {
      const f = h * 120;
      const weight = Math.exp(-(((f - first) / 150) ** 2)) + 0.5 * Math.exp(-(((f - second) / 250) ** 2)) + 0.02;
      x += weight * Math.sin(2 * Math.PI * f * t);
    }
    return 0.3 * x * (0.55 - 0.45 * Math.cos(2 * Math.PI * (3 + Math.sin(t)) * t)) + 1e-4 * hiss[i];
  });
  return resample({ sampleRate: RATE, samples }, rate).samples;
}

/** Heard in pieces of so many samples. */
async function heard(samples: Float32Array, piece: number, { rate = RATE, end = true } = {}): Promise<StreamEars> {
  const { ears } = await openEarsOfStream({ hearing: 'phones' }, { sampleRate: rate, fps: FPS });
  for (let at = 0; at < samples.length; at += piece) await ears.push(samples.subarray(at, at + piece));
  if (end) await ears.end();
  return ears;
}

const voice = talk(6);
const row = (data: Float32Array, frame: number): Float32Array => data.slice(frame * WIDTH, (frame + 1) * WIDTH);

describe('phones that are heard while somebody speaks', () => {
  test('are those of the whole recording, frame by frame', async () => {
    const ears = await openEars({ hearing: 'phones' });
    const frames = 6 * FPS;
    const whole = await ears.hear({ sampleRate: RATE, samples: voice }, { fps: FPS, frames });
    const live = await heard(voice, 640);
    expect(live.frames).toBe(frames);
    const rows = live.rows(0, frames);
    let spoken = 0;
    for (let f = 0; f < frames; f++) {
      if (!live.isSpoken(f)) continue;
      spoken++;
      // The same sound through the same network, in other company: the last bits may differ.
      for (let i = 0; i < 64; i++) expect(Math.abs(row(rows, f)[i] - row(whole.data, f)[i])).toBeLessThan(1e-4);
    }
    expect(spoken).toBeGreaterThan(80);
    await ears.dispose();
  });

  test('are the same in whatever pieces they come', async () => {
    const rows = (await heard(voice, 640)).rows(0, 150);
    for (const piece of [1024, 3333, voice.length]) expect((await heard(voice, piece)).rows(0, 150)).toEqual(rows);
  });

  test('are told with 80 ms of sound beyond the middle of a frame, and no sooner', async () => {
    // Frame 9 has its middle at 0.38 s.
    expect((await heard(voice.subarray(0, 0.46 * RATE - 1), 640, { end: false })).frames).toBe(9);
    const ears = await heard(voice.subarray(0, 0.46 * RATE), 640, { end: false });
    expect(ears.frames).toBe(10);
    expect(ears.reach).toBeCloseTo(0.08, 12);
  });

  test('do not know what comes: frames stay as they are, but for the slope of the last', async () => {
    const one = await heard(voice, 640);
    const other = await heard(voice.subarray(0, 2 * RATE), 640, { end: false });
    const known = other.frames - 1;
    await other.push(voice.slice(2 * RATE).map((x) => -0.3 * x));
    expect(other.rows(0, known)).toEqual(one.rows(0, known));
  });

  test.each([8000, 44_100, 48_000])('at %i Hz are much the same', async (rate) => {
    const [rows, live] = [(await heard(voice, 640)).rows(20, 120), await heard(talk(6, rate), 997, { rate })];
    const other = live.rows(20, 120);
    let [sum, error] = [0, 0];
    rows.forEach((value, i) => {
      sum += value ** 2;
      error += (value - other[i]) ** 2;
    });
    // At 8 kHz half of the spectrum is not there.
    expect(error / sum).toBeLessThan(rate < RATE ? 0.6 : 0.02);
  });

  test('are silence before they begin and where nobody speaks, and beyond what is heard the last frame', async () => {
    const hiss = Float32Array.from(seededNormals(4 * RATE, 5), (x) => 0.05 * x);
    const room = await heard(hiss, 640);
    const silent = room.rows(-1, 0);
    expect(silent.slice(64)).toEqual(new Float32Array(2));
    for (let f = 30; f < 100; f++) expect(row(room.rows(0, 100), f)).toEqual(silent);
    const ears = await heard(voice, 640);
    expect(ears.rows(151, 152)).toEqual(ears.rows(149, 150));
  });

  test('are forgotten where they are no longer asked for, and nothing else', async () => {
    const ears = await heard(voice, 640);
    const rows = ears.rows(100, 150);
    ears.forget(100);
    expect(ears.rows(100, 150)).toEqual(rows);
    expect(ears.frames).toBe(150);
  });

  test('of another encoder than the one that is here are refused, as is what is not told piece by piece', async () => {
    const stream = { sampleRate: RATE, fps: FPS };
    await expect(openEarsOfStream({ hearing: 'phones', phoneEncoder: 'f'.repeat(64) }, stream)).rejects.toThrow(
      /^hearing\.phones: expected the phone encoder ffffffffffff/,
    );
    await expect(openEarsOfStream({ hearing: 'embedding' }, stream)).rejects.toThrow(
      /^hearing: expected one that is told piece by piece: phones, mel, got embedding;/,
    );
  });
});
