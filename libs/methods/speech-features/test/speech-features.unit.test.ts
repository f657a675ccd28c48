import { describe, expect, it } from 'vitest';
import { speechEnvelope, speechFeatures } from '../src/index.ts';

const RATE = 16000;

/** A buzz of harmonics of 120 Hz, louder and quieter four times a second, with a pause from 0.8 to 1.2 s. */
function babble(sampleRate: number, gain = 0.3, seconds = 2) {
  const samples = Float32Array.from({ length: Math.round(seconds * sampleRate) }, (_, i) => {
    const t = (i + 0.5) / sampleRate;
    if (t > 0.8 && t < 1.2) return 0;
    let x = 0;
    for (let h = 1; h <= 40; h++) x += Math.sin(2 * Math.PI * 120 * h * t) / h;
    return gain * x * (0.5 - 0.5 * Math.cos(2 * Math.PI * 4 * t));
  });
  return { sampleRate, samples };
}

/** White noise from a linear congruential generator. */
function noise(gain = 0.3, seconds = 1) {
  let state = 1;
  return {
    sampleRate: RATE,
    samples: Float32Array.from(
      { length: RATE * seconds },
      () => gain * ((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 31 - 1),
    ),
  };
}

const column = (features: ReturnType<typeof speechFeatures>, name: string) =>
  Array.from({ length: features.frames }, (_, f) => features.data[f * features.dims + features.names.indexOf(name)]);
const average = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

describe('speech features', () => {
  it('have one named column per dimension and one row per film frame', () => {
    const features = speechFeatures(babble(RATE), { fps: 25 });
    expect(features.frames).toBe(50);
    expect(new Set(features.names).size).toBe(features.dims);
    expect(features.data.length).toBe(features.frames * features.dims);
    expect(features.data.every(Number.isFinite)).toBe(true);
    const numbers = Array.from({ length: 26 }, (_, b) => (b < 10 ? `0${b}` : `${b}`));
    expect(features.names).toEqual([
      ...numbers.map((b) => `mel${b}`),
      ...numbers.map((b) => `melSlope${b}`),
      ...['envelope', 'envelopeSlope', 'voicing', 'zeroCrossing', 'centroid', 'lowBand', 'midBand', 'highBand'],
    ]);
  });

  it.each([0, -25, Number.NaN])('refuse %d frames a second', (fps) => {
    expect(() => speechFeatures(babble(RATE), { fps })).toThrow(
      expect.objectContaining({
        code: 'speech-features.argument',
        where: 'speech-features.fps',
        got: `${fps}`,
        audience: 'author',
      }),
    );
  });

  it('do not change with the loudness of the recording', () => {
    const [loud, soft] = [0.3, 0.03].map((gain) => speechFeatures(babble(RATE, gain), { fps: 25 }));
    loud.data.forEach((value, i) => expect(soft.data[i]).toBeCloseTo(value, 3));
  });

  it('are nearly the same at 16, 44.1 and 48 kHz', () => {
    const [base, ...others] = [RATE, 44100, 48000].map((rate) => speechFeatures(babble(rate), { fps: 25 }));
    for (const other of others) {
      const rms = Math.sqrt(average([...base.data].map((value, i) => (value - other.data[i]) ** 2)));
      expect(rms).toBeLessThan(0.12);
    }
  });

  it('hear a click in the frame whose centre it is at', () => {
    const samples = new Float32Array(RATE);
    samples[Math.round((10.5 / 25) * RATE)] = 0.9;
    const envelope = [...speechEnvelope({ sampleRate: RATE, samples }, 25, 25)];
    expect(envelope.indexOf(Math.max(...envelope))).toBe(10);
    expect(envelope[9]).toBeCloseTo(envelope[11], 2);
  });

  it('tell a voice from noise and a pause from both', () => {
    const voice = speechFeatures(babble(RATE), { fps: 25 });
    const hiss = speechFeatures(noise(), { fps: 25 });
    const speaking = column(voice, 'envelope')
      .map((e, f) => ({ e, v: column(voice, 'voicing')[f] }))
      .filter(({ e }) => e > 0.5);
    expect(average(speaking.map(({ v }) => v))).toBeGreaterThan(0.7);
    expect(average(column(hiss, 'voicing'))).toBeLessThan(0.5);
    expect(average(column(hiss, 'centroid'))).toBeGreaterThan(2 * average(column(voice, 'centroid')));
    for (const f of [22, 25, 28]) expect(column(voice, 'envelope')[f]).toBe(0);
  });

  it('take silence and the noise of a silent recording for a pause', () => {
    expect(Math.max(...speechEnvelope({ sampleRate: RATE, samples: new Float32Array(RATE) }, 25, 25))).toBe(0);
    expect(Math.max(...speechEnvelope(noise(0.0001), 25, 25))).toBe(0);
    expect(
      speechFeatures({ sampleRate: RATE, samples: new Float32Array(0) }, { fps: 25, frames: 3 }).data.every(
        Number.isFinite,
      ),
    ).toBe(true);
  });

  it('follow any frame rate', () => {
    const slow = speechEnvelope(babble(RATE), 25, 50);
    const fast = speechEnvelope(babble(RATE), 50, 100);
    for (let f = 0; f < 50; f++) expect(Math.abs((fast[2 * f] + fast[2 * f + 1]) / 2 - slow[f])).toBeLessThan(0.12);
  });
});
