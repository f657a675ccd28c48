import { describe, expect, test } from 'vitest';
import { cosineSchedule } from '@soliloquy/motion-transformer/noise-schedule';
import { seededDraws } from '@soliloquy/random';
import { MotionStream, type HeardSoFar, type StreamNetworks, type StreamWindow } from '../src/index.ts';

const [T, LATENT, CONTEXT, NOISE_STEPS] = [20, 3, 4, 50];
const SAMPLING = { steps: 4, eta: 1, guidance: 1, lookAhead: 3, held: 1, seed: 5 };

/** A network that smooths what it sees and adds what it hears; `bias` is what a window's pieces disagree by. */
function networks(bias: (start: number) => number = () => 0, seen: StreamWindow[] = []): StreamNetworks {
  return {
    frames: T,
    noiseSteps: NOISE_STEPS,
    latent: LATENT,
    context: CONTEXT,
    async predict(window) {
      seen.push({ ...window, x: window.x.slice() });
      const { x, audio, start } = window;
      const width = audio.length / T;
      return Float32Array.from({ length: T * LATENT }, (_, i) => {
        const [frame, column] = [Math.floor(i / LATENT), i % LATENT];
        let sum = 0;
        for (let d = -3; d <= 3; d++) sum += x[Math.min(T - 1, Math.max(0, frame + d)) * LATENT + column] / 7;
        return 0.3 * sum + audio[frame * width] + bias(start);
      });
    },
    embed: async (features) => features.slice(),
    standardise: (condition) => condition,
  };
}

const VOICE = Float32Array.from({ length: 200 }, (_, f) => Math.sin(f / 4) + 0.3 * Math.sin(f / 1.7));

/** One feature a frame, of which so many are heard. */
function heard(frames: number, voice = VOICE): HeardSoFar {
  const at = (f: number): number => (f < 0 ? 0 : voice[Math.min(frames - 1, f)]);
  return { frames, rows: (from, to) => Float32Array.from({ length: to - from }, (_, k) => at(from + k)) };
}

/** Everything that a stream makes, and how many frames were fixed after each piece. */
async function streamed(pieces: readonly number[], sampling = SAMPLING, made = networks(), voice = VOICE) {
  const stream = new MotionStream(made, sampling);
  const parts: Float32Array[] = [];
  const borders: number[] = [];
  for (const [i, frames] of pieces.entries()) {
    parts.push(await stream.advance(heard(frames, voice), i === pieces.length - 1));
    borders.push(stream.frames);
  }
  return { x: Float32Array.from(parts.flatMap((part) => [...part])), borders };
}

const every = (count: number, to = VOICE.length): number[] =>
  Array.from({ length: Math.ceil(to / count) }, (_, i) => Math.min(to, (i + 1) * count));

describe('motion for a voice that goes on', () => {
  test.each([1, 5, 7, 60])(
    'fixes, in pieces of %i frames, what has its look-ahead behind it, and at the end all',
    async (n) => {
      const pieces = every(n);
      const { x, borders } = await streamed(pieces);
      const fixed = pieces.map((frames) => Math.max(0, frames - SAMPLING.lookAhead));
      expect(borders).toEqual([...fixed.slice(0, -1), VOICE.length]);
      expect(x).toHaveLength(VOICE.length * LATENT);
      expect(x.every(Number.isFinite)).toBe(true);
    },
  );

  test('knows no sound beyond what was heard when a frame was fixed', async () => {
    const draws = seededDraws(1);
    const other = VOICE.map((value, f) => (f < 105 ? value : draws.around(2)));
    const [one, two] = [await streamed(every(5)), await streamed(every(5), SAMPLING, networks(), other)];
    const known = (105 - SAMPLING.lookAhead) * LATENT;
    expect(two.x.slice(0, known)).toEqual(one.x.slice(0, known));
    expect(two.x.slice(known)).not.toEqual(one.x.slice(known));
  });

  test('has the same numbers for a seed, others for another', async () => {
    const { x } = await streamed(every(5));
    expect((await streamed(every(5))).x).toEqual(x);
    expect((await streamed(every(5), { ...SAMPLING, seed: 6 })).x).not.toEqual(x);
  });

  test('shows the network, at the last noise step, what is fixed with the noise of that step', async () => {
    const seen: StreamWindow[] = [];
    const stream = new MotionStream(networks(undefined, seen), SAMPLING);
    const first = await stream.advance(heard(30));
    seen.length = 0;
    await stream.advance(heard(35));
    expect(seen.map(({ tau }) => tau)).toEqual([49, 37, 24, 12]);
    const { alphaBar } = cosineSchedule(NOISE_STEPS);
    // Frames 15 to 34 are seen; of the start's noise nearly all is left at the first step.
    const border = (27 - 15) * LATENT;
    const fixed = first.subarray(first.length - border);
    const [start, last] = [seen[0].x, seen[3].x];
    for (let i = 0; i < border; i++)
      expect(last[i]).toBeCloseTo(Math.sqrt(alphaBar[12]) * fixed[i] + Math.sqrt(1 - alphaBar[12]) * start[i], 4);
    expect(last[border]).not.toBeCloseTo(Math.sqrt(1 - alphaBar[12]) * start[border], 1);
  });

  test('makes of guidance what it is: no voice and w times what the voice changes', async () => {
    const still = await streamed(every(5), { ...SAMPLING, guidance: 0 });
    const silent = await streamed(every(5), SAMPLING, networks(), new Float32Array(VOICE.length));
    expect(still.x).toEqual(silent.x);
  });
});

describe('where two pieces meet', () => {
  /** Length of the step from each frame to the next one. */
  const jumps = (x: Float32Array): number[] =>
    Array.from({ length: x.length / LATENT - 1 }, (_, f) =>
      Math.hypot(...Array.from({ length: LATENT }, (_, c) => x[(f + 1) * LATENT + c] - x[f * LATENT + c])),
    );

  test('there is no seam, though pieces disagree', async () => {
    const voice = new Float32Array(200);
    // Every other piece lies higher by 1 in each number: a jump of √3 without a remedy.
    const bias = (start: number): number => (Math.round(start / 5) % 2 === 0 ? 1 : 0);
    const { x, borders } = await streamed(every(5), SAMPLING, networks(bias), voice);
    const all = jumps(x);
    const at = new Set(borders.map((frame) => frame - 1));
    const rest = all.filter((_, f) => !at.has(f)).sort((a, b) => a - b);
    const largest = Math.max(...all.filter((_, f) => at.has(f)));
    expect(largest).toBeLessThanOrEqual(rest[Math.floor(0.999 * rest.length)]);
    expect(largest).toBeLessThan(1);
  });
});

describe('while nobody speaks', () => {
  test('it goes on to move, and not away', async () => {
    const { x } = await streamed(every(5, 1000), SAMPLING, networks(), new Float32Array(1000));
    const block = (k: number): Float32Array => x.subarray(k * 100 * LATENT, (k + 1) * 100 * LATENT);
    for (let k = 0; k < 10; k++) {
      const square = block(k).reduce((sum, value) => sum + value * value, 0) / (100 * LATENT);
      expect(square).toBeGreaterThan(1e-4);
      expect(square).toBeLessThan(1);
    }
  });
});
