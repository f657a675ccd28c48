import { describe, expect, test } from 'vitest';
import { seededDraws } from '@soliloquy/random';
import { speechFeatures } from '../src/index.ts';
import { MelStream } from '../src/mel-stream.ts';

const [RATE, FPS] = [16_000, 25];
const DIMS = speechFeatures({ sampleRate: RATE, samples: new Float32Array(RATE) }, { fps: FPS, frames: 1 }).dims;
const SILENCE = speechFeatures({ sampleRate: RATE, samples: new Float32Array(RATE) }, { fps: FPS, frames: 1 }).data;

/** A buzz with two formants that wander, in syllables of changing length with pauses between phrases. */
function talk(seconds: number, gain = 0.3): Float32Array {
  return Float32Array.from({ length: seconds * RATE }, (_, i) => {
    const t = i / RATE;
    if (t % 2.5 > 2) return 0;
    const [first, second] = [500 + 250 * Math.sin(5 * t), 1500 + 600 * Math.sin(3.1 * t)];
    let x = 0;
    for (let h = 1; h <= 30; h++) {
      const f = h * 120;
      const weight = Math.exp(-(((f - first) / 150) ** 2)) + 0.5 * Math.exp(-(((f - second) / 250) ** 2)) + 0.02;
      x += weight * Math.sin(2 * Math.PI * f * t);
    }
    return gain * x * (0.55 - 0.45 * Math.cos(2 * Math.PI * (3 + Math.sin(t)) * t));
  });
}

function noise(seconds: number, gain: number): Float32Array {
  const draws = seededDraws(3);
  return Float32Array.from({ length: seconds * RATE }, () => gain * (2 * draws.next() - 1));
}

/** Heard in pieces of so many samples, to the end. */
function heard(samples: Float32Array, piece: number): MelStream {
  const stream = new MelStream(RATE, FPS);
  for (let at = 0; at < samples.length; at += piece) stream.push(samples.subarray(at, at + piece));
  stream.end();
  return stream;
}

function correlation(a: Float32Array, b: Float32Array): number {
  const mean = (x: Float32Array): number => x.reduce((sum, value) => sum + value, 0) / x.length;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  a.forEach((value, i) => {
    ab += (value - ma) * (b[i] - mb);
    aa += (value - ma) ** 2;
    bb += (b[i] - mb) ** 2;
  });
  return ab / Math.sqrt(aa * bb);
}

describe('a voice that is heard while it goes on', () => {
  const voice = talk(10);

  test('is heard much as the whole recording is, once some of it is known', () => {
    const frames = 250;
    const whole = speechFeatures({ sampleRate: RATE, samples: voice }, { fps: FPS, frames });
    const stream = heard(voice, 640);
    expect(stream.frames).toBe(frames);
    const from = 75;
    const live = stream.rows(from, frames);
    for (const [first, last] of [
      [0, 26],
      [26, 52],
      [52, 53],
      [54, 60],
    ]) {
      const columns = (data: Float32Array): Float32Array => data.filter((_, i) => i % DIMS >= first && i % DIMS < last);
      const like = correlation(columns(live), columns(whole.data.subarray(from * DIMS)));
      expect(like, `columns ${first} to ${last}`).toBeGreaterThan(0.95);
    }
  });

  test('is the same in whatever pieces it comes', () => {
    const rows = heard(voice, 640).rows(0, 250);
    for (const piece of [1024, 3333, voice.length]) expect(heard(voice, piece).rows(0, 250)).toEqual(rows);
  });

  test('hears a frame when there is sound for one and a half frames from its beginning, and no sooner', () => {
    const stream = new MelStream(RATE, FPS);
    stream.push(voice.subarray(0, 10 * 640 + 639));
    expect(stream.frames).toBe(9);
    stream.push(voice.subarray(10 * 640 + 639, 11 * 640));
    expect(stream.frames).toBe(10);
  });

  test('does not know what comes: frames stay as they are, but for the slopes of the last two', () => {
    const [one, other] = [new MelStream(RATE, FPS), new MelStream(RATE, FPS)];
    one.push(voice);
    other.push(voice.subarray(0, 100 * 640));
    const known = other.frames - 2;
    other.push(noise(4, 0.3));
    expect(other.rows(20, known)).toEqual(one.rows(20, known));
  });

  test('does not hang on how loud the microphone is, after a while', () => {
    const [loud, quiet] = [0.3, 0.03].map((gain) => heard(talk(24, gain), 640).rows(400, 600));
    expect(correlation(loud, quiet)).toBeGreaterThan(0.97);
  });

  test('is silence before it begins, and beyond what is heard its last frame', () => {
    const stream = heard(voice, 640);
    expect(stream.rows(-3, -2)).toEqual(SILENCE);
    expect(stream.rows(251, 252)).toEqual(stream.rows(249, 250));
  });

  test('forgets what is no longer asked for, and nothing else', () => {
    const stream = heard(voice, 640);
    const rows = stream.rows(100, 250);
    stream.forget(100);
    expect(stream.rows(100, 250)).toEqual(rows);
    expect(stream.frames).toBe(250);
  });
});

describe('a room in which nobody speaks', () => {
  const hum = Float32Array.from({ length: 6 * RATE }, (_, i) => 0.1 * Math.sin((2 * Math.PI * 100 * i) / RATE));

  test.each([
    ['hiss', noise(6, 0.05)],
    ['loud hiss', noise(6, 0.5)],
    ['hum', hum],
    ['nothing', new Float32Array(6 * RATE)],
  ])('with %s is silence', (_what, samples) => {
    const stream = heard(samples, 640);
    const rows = stream.rows(30, 150);
    for (let f = 0; f < 120; f++) expect(rows.slice(f * DIMS, (f + 1) * DIMS)).toEqual(SILENCE);
  });

  test('somebody who then speaks in it is heard', () => {
    const room = noise(8, 0.005);
    const voice = talk(8);
    const both = room.map((value, i) => value + (i > 4 * RATE ? voice[i] : 0));
    const stream = heard(both, 640);
    const envelope = Array.from({ length: 50 }, (_, f) => stream.rows(110 + f, 111 + f)[52]);
    expect(Math.max(...envelope)).toBeGreaterThan(0.5);
  }, 120_000);
});
