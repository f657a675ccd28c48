import { describe, expect, it } from 'vitest';
import { speechPitch } from '../src/index.ts';

/** Harmonics as strong as a voice's, under a formant at 700 Hz; the pitch at a time is given. */
function voice(sampleRate: number, hertz: (t: number) => number, seconds = 1) {
  let phase = 0;
  const samples = Float32Array.from({ length: Math.round(seconds * sampleRate) }, (_, i) => {
    const pitch = hertz(i / sampleRate);
    phase += (2 * Math.PI * pitch) / sampleRate;
    let x = 0;
    for (let h = 1; h * pitch < 4000; h++)
      x += Math.sin(h * phase) * (1 / h + 2 * Math.exp(-(((h * pitch - 700) / 150) ** 2)));
    return 0.1 * x;
  });
  return { sampleRate, samples };
}

describe('pitch', () => {
  it.each([80, 120, 210, 330])('of a voice at %i Hz is found within a sixtieth, at any rate', (hertz) => {
    for (const sampleRate of [16_000, 44_100]) {
      const pitch = speechPitch(
        voice(sampleRate, () => hertz),
        50,
        50,
      );
      for (let f = 2; f < 48; f++) expect(Math.abs(pitch[f] / hertz - 1)).toBeLessThan(1 / 60);
    }
  });

  it('follows a glide without delay', () => {
    const glide = (t: number): number => 110 * 2 ** t;
    const pitch = speechPitch(voice(16_000, glide), 50, 50);
    for (let f = 3; f < 47; f++) expect(Math.abs(pitch[f] / glide((f + 0.5) / 50) - 1)).toBeLessThan(0.02);
  });

  it('is 0 in silence and mostly in noise', () => {
    let state = 1;
    const samples = Float32Array.from(
      { length: 16_000 },
      () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 31 - 1,
    );
    expect(Math.max(...speechPitch({ sampleRate: 16_000, samples: new Float32Array(16_000) }, 50, 50))).toBe(0);
    const heard = speechPitch({ sampleRate: 16_000, samples }, 50, 50).filter((hertz) => hertz > 0);
    expect(heard.length).toBeLessThan(25);
  });
});
