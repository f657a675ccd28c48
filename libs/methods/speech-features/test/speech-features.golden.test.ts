import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { speechFeatures } from '../src/index.ts';

/** Of `golden/speech.py`: NumPy 2.4.6. */
const cases = JSON.parse(readFileSync(new URL('golden/speech.json', import.meta.url), 'utf8')) as {
  name: string;
  rate: number;
  seconds: number;
  fps: number;
  frames: number;
  rows: Record<string, number[]>;
}[];

/** The same as in golden/speech.py. */
function sound(sampleRate: number, seconds: number) {
  const samples = Float32Array.from({ length: Math.round(seconds * sampleRate) }, (_, i) => {
    const t = (i + 0.5) / sampleRate;
    const part = t / seconds;
    let buzz = 0;
    for (let h = 1; h <= 30; h++) buzz += Math.sin(2 * Math.PI * h * (110 * t + 40 * t * t)) / h;
    if (part < 0.3) return 0.2 * buzz * (0.5 - 0.5 * Math.cos(2 * Math.PI * 3.3 * t));
    if (part < 0.5) return 0;
    let x = (Math.imul(i, 2654435761) + 12345) >>> 0;
    x = Math.imul(x ^ (x >>> 15), 2246822519) >>> 0;
    return 0.15 * ((x >>> 8) / 2 ** 23 - 1) * (1 - part) + 0.05 * buzz;
  });
  return { sampleRate, samples };
}

test.each(cases)('$name: features are as NumPy has them', ({ rate, seconds, fps, frames, rows }) => {
  const { names, dims, data } = speechFeatures(sound(rate, seconds), { fps, frames });
  for (const [frame, wanted] of Object.entries(rows)) {
    expect(wanted).toHaveLength(dims);
    names.forEach((name, i) =>
      expect(data[Number(frame) * dims + i], `${name} at frame ${frame}`).toBeCloseTo(wanted[i], 4),
    );
  }
});
