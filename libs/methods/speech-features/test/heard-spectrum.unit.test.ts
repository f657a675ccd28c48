import { describe, expect, test } from 'vitest';
import { seededNormals } from '@soliloquy/random';
import { HEARD_WIDTH, heardSpectrum } from '../src/phones/index.ts';

const RATE = 16_000;
/** Noise whose level and color change ten times a second, as syllables' do. */
function murmur(seconds: number, gain = 0.1) {
  const white = seededNormals(seconds * RATE, 11);
  let dull = 0;
  const samples = Float32Array.from(white, (x, i) => {
    const share = 0.5 + 0.45 * Math.sin(i / 800);
    dull += share * (x - dull);
    return gain * dull * (0.6 + 0.4 * Math.sin(i / 1100));
  });
  return { sampleRate: RATE, samples };
}
const rowAt = (heard: Float32Array, hop: number): Float32Array =>
  heard.subarray(hop * HEARD_WIDTH, (hop + 1) * HEARD_WIDTH);

describe('what the encoder hears', () => {
  test('at hop h depends on no sound after h / 100 s', () => {
    const { samples } = murmur(1);
    const changed = samples.map((x, i) => (i < 0.5 * RATE ? x : 1 - x));
    const [a, b] = [samples, changed].map((sound) => heardSpectrum({ sampleRate: RATE, samples: sound }, 100));
    expect(b.subarray(0, 51 * HEARD_WIDTH)).toEqual(a.subarray(0, 51 * HEARD_WIDTH));
    expect(rowAt(b, 52)).not.toEqual(rowAt(a, 52));
  });

  test('hardly changes with how loud the recording is', () => {
    const [loud, soft] = [0.3, 0.02].map((gain) => heardSpectrum(murmur(2, gain), 200));
    for (let i = 20 * HEARD_WIDTH; i < loud.length; i++) expect(Math.abs(soft[i] - loud[i])).toBeLessThan(0.1);
  });

  test('forgets most of a microphone that is dull within two seconds', () => {
    const { samples } = murmur(4);
    let before = 0;
    const dull = samples.map((x) => ((before = 0.5 * before + 0.5 * x), before));
    const [a, b] = [samples, dull].map((sound) => heardSpectrum({ sampleRate: RATE, samples: sound }, 400));
    const distance = (from: number, to: number): number => {
      let sum = 0;
      for (let i = from * HEARD_WIDTH; i < to * HEARD_WIDTH; i++) sum += Math.abs(a[i] - b[i]);
      return sum / ((to - from) * HEARD_WIDTH);
    };
    expect(distance(300, 400)).toBeLessThan(0.5 * distance(2, 10));
  });

  test('is silence before the sound and after it, and in no sound at all', () => {
    const heard = heardSpectrum(murmur(0.5), 100, 30);
    expect(heard).toHaveLength(130 * HEARD_WIDTH);
    rowAt(heard, 0).forEach((level, i) => expect(rowAt(heard, 30)[i]).toBeCloseTo(level, 1));
    const nothing = heardSpectrum({ sampleRate: RATE, samples: new Float32Array(RATE) }, 100);
    expect(nothing.every(Number.isFinite)).toBe(true);
    expect(Math.max(...nothing)).toBeLessThan(-0.9);
    // The last band is how far below the loudest it is: far.
    expect(rowAt(heard, 129)[HEARD_WIDTH - 1]).toBeLessThan(-2);
  });

  test('at the first hops of a steady tone is loudest in the band that the tone lies in', () => {
    const tone = {
      sampleRate: RATE,
      samples: Float32Array.from({ length: RATE }, (_, i) => 0.2 * Math.sin((2 * Math.PI * 1000 * i) / RATE)),
    };
    const row = rowAt(heardSpectrum(tone, 10), 9).subarray(0, HEARD_WIDTH - 1);
    // 40 bands equally wide in mel (O'Shaughnessy 1987) from 60 Hz to 7.6 kHz: 1 kHz is at the 14.2th of 41 parts.
    const mel = (f: number): number => 2595 * Math.log10(1 + f / 700);
    const place = ((mel(1000) - mel(60)) / (mel(7600) - mel(60))) * 41 - 1;
    expect(Math.abs(row.indexOf(Math.max(...row)) - place)).toBeLessThan(1);
  });
});
