import { describe, expect, test } from 'vitest';
import { createRng } from '@soliloquy/tensor';
import { averageOverWindows, denoise, guidedPrediction, type Denoiser, type Sampling } from '../src/denoise.ts';
import { cosineSchedule, ddimStep, ddimSteps, type MotionWindow } from '../src/index.ts';
import { planWindows } from '../src/windows.ts';

const [T, LATENT, AUDIO] = [6, 2, 3];

/** A network of which every number is known: what it gives depends on all that it is given. */
function known(calls: MotionWindow[] = []): Denoiser {
  return {
    frames: T,
    noiseSteps: 40,
    latent: LATENT,
    audio: AUDIO,
    async predict(window) {
      calls.push(window);
      return predicted(window);
    },
  };
}
const predicted = ({ x, audio, tau, start }: MotionWindow): Float32Array =>
  Float32Array.from(
    x,
    (value, i) => 0.5 * value + audio[Math.floor(i / LATENT) * AUDIO] + 0.01 * tau + 0.001 * start + 0.1 * (i % LATENT),
  );
const sampling = (given: Partial<Sampling> = {}): Sampling => ({
  steps: 5,
  eta: 1,
  guidance: 1,
  overlap: 2,
  seed: 3,
  step: async () => {},
  ...given,
});
const voice = (frames: number): Float32Array =>
  Float32Array.from({ length: frames * AUDIO }, (_, i) => Math.sin(i) + 0.5);
const closeTo = (got: Float32Array, wanted: ArrayLike<number>): void => {
  expect(got).toHaveLength(wanted.length);
  got.forEach((value, i) => expect(value, `number ${i}`).toBeCloseTo(wanted[i], 4));
};

/** DDIM over overlapping windows in f64, guidance included, from the same noise. */
function reference(frames: number, { steps, eta, guidance, overlap, seed }: Sampling): number[] {
  const condition = voice(frames);
  const schedule = cosineSchedule(40);
  const visited = ddimSteps(schedule, steps);
  const noise = createRng(seed);
  const [first, stream] = [noise.fork('start'), noise.fork('steps')];
  let x = [...first.normal([frames, LATENT]).data];
  for (const [index, tau] of visited.entries()) {
    const sum = new Float64Array(frames * LATENT);
    const total = new Float64Array(frames);
    for (const { start, weights } of planWindows(frames, T, overlap)) {
      for (let k = 0; k < T; k++) {
        const frame = start + k;
        total[frame] += weights[k];
        for (let i = 0; i < LATENT; i++) {
          const rest = 0.5 * x[frame * LATENT + i] + 0.01 * tau + 0.001 * (start % 1000) + 0.1 * i;
          sum[frame * LATENT + i] += weights[k] * (rest + guidance * condition[frame * AUDIO]);
        }
      }
    }
    const fresh = stream.normal([frames, LATENT]).data;
    const now = schedule.alphaBar[tau];
    const then = index + 1 < visited.length ? schedule.alphaBar[visited[index + 1]] : 1;
    const sigma = eta * Math.sqrt((1 - then) / (1 - now)) * Math.sqrt(1 - now / then);
    x = x.map((value, i) => {
      const clean = sum[i] / total[Math.floor(i / LATENT)];
      const epsilon = (value - Math.sqrt(now) * clean) / Math.sqrt(1 - now);
      return Math.sqrt(then) * clean + Math.sqrt(Math.max(0, 1 - then - sigma ** 2)) * epsilon + sigma * fresh[i];
    });
  }
  return x;
}

describe('motion made of noise', () => {
  test.each([
    ['one window', T, {}],
    ['windows that overlap', 17, {}],
    ['windows beyond the thousandth frame', 1013, { steps: 1 }],
    ['guidance away from no voice', 11, { guidance: 1.7 }],
    ['guidance below what was learned', 11, { guidance: 0.25 }],
    ['no guidance at all', 11, { guidance: 0 }],
    ['no noise on the way', 11, { eta: 0 }],
    ['every noise step', 8, { steps: 40, eta: 0.5 }],
    ['windows side by side', 12, { overlap: 0 }],
  ] as const)('is DDIM in f64 with %s', async (_what, frames, given) => {
    closeTo(await denoise(known(), voice(frames), sampling(given)), reference(frames, sampling(given)));
  });

  test('is the same for the same seed, another for another', async () => {
    const one = await denoise(known(), voice(9), sampling());
    expect(await denoise(known(), voice(9), sampling())).toEqual(one);
    expect(await denoise(known(), voice(9), sampling({ seed: 4 }))).not.toEqual(one);
  });

  test('asks the network twice a window where the voice counts more, once where it does not', async () => {
    for (const [guidance, times] of [
      [1, 1],
      [1.15, 2],
    ]) {
      const calls: MotionWindow[] = [];
      await denoise(known(calls), voice(14), sampling({ guidance }));
      expect(calls).toHaveLength(5 * 3 * times);
      expect(calls.map(({ tau }) => tau)).toEqual(
        [...ddimSteps(cosineSchedule(40), 5)].flatMap((tau) => new Array<number>(3 * times).fill(tau)),
      );
    }
  });

  test('says after each window and step how many steps are done, and stops where that throws', async () => {
    const reports: number[][] = [];
    await denoise(
      known(),
      voice(14),
      sampling({
        step: async (done, total) => {
          reports.push([done, total]);
        },
      }),
    );
    expect(reports).toEqual(
      [0, 1, 2, 3, 4].flatMap((done) => [...new Array<number>(3).fill(done), done + 1].map((n) => [n, 5])),
    );
    const stop = sampling({ step: () => Promise.reject(new Error('cancelled')) });
    await expect(denoise(known(), voice(14), stop)).rejects.toThrow('cancelled');
  });
});

describe('guidance', () => {
  const window: MotionWindow = { x: Float32Array.of(1, 2), audio: Float32Array.of(5, 6, 7), tau: 3, start: 1 };
  const heard = predicted(window);
  const unheard = predicted({ ...window, audio: new Float32Array(3) });

  test('of 1 is what the voice gives, of 0 what no voice gives', async () => {
    expect(await guidedPrediction(known(), window, 1)).toEqual(heard);
    closeTo(await guidedPrediction(known(), window, 0), unheard);
  });

  test.each([0.5, 1.15, 3])('of %d is unheard + w (heard − unheard)', async (w) => {
    closeTo(
      await guidedPrediction(known(), window, w),
      [0, 1].map((i) => unheard[i] + w * (heard[i] - unheard[i])),
    );
    expect([...window.audio]).toEqual([5, 6, 7]);
  });
});

test('where windows overlap, predictions are averaged by the windows’ weights', async () => {
  const windows = planWindows(10, T, 2);
  const made = await averageOverWindows(windows, 10, 1, async ({ start }) =>
    Float32Array.from({ length: T }, (_, k) => start * 10 + k),
  );
  for (let frame = 0; frame < 10; frame++) {
    const over = windows.filter(({ start }) => frame >= start && frame < start + T);
    const weight = over.reduce((sum, { start, weights }) => sum + weights[frame - start], 0);
    const wanted = over.reduce(
      (sum, { start, weights }) => sum + (weights[frame - start] / weight) * (start * 10 + frame - start),
      0,
    );
    expect(made[frame]).toBeCloseTo(wanted, 4);
  }
  expect(windows.length).toBeGreaterThan(1);
});

test('a step of the sampler is the tested DDIM step', async () => {
  const x = createRng(3).fork('start').normal([T, LATENT]).data;
  const schedule = cosineSchedule(40);
  const clean = predicted({ x, audio: voice(T), tau: 39, start: 0 });
  ddimStep(schedule, x, clean, 39, -1, 1, createRng(3).fork('steps').normal([T, LATENT]).data);
  closeTo(await denoise(known(), voice(T), sampling({ steps: 1 })), x);
});
