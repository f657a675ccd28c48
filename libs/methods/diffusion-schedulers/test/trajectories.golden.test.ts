import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  betasOf,
  createScheduler,
  cumulativeAlphas,
  parseSchedulerConfig,
  withZeroTerminalSnr,
  type SchedulerName,
} from '../src/index.ts';

interface Case {
  readonly name: string;
  readonly scheduler: SchedulerName;
  readonly config: object;
  readonly steps: number;
  readonly tokens?: number;
  readonly evenLevels?: boolean;
  readonly timesteps: readonly number[];
  readonly path: readonly (readonly number[])[];
}

/** Written by `golden/trajectories.py`, in f64, from the papers' equations. */
const { cases, tables } = JSON.parse(readFileSync(new URL('./golden/trajectories.json', import.meta.url), 'utf8')) as {
  cases: Case[];
  tables: { betas: Record<string, number[]>; zeroSnr: number[] };
};

const TOLERANCE = 1e-4;
const START = Float32Array.from({ length: 6 }, (_, i) => -1.5 + 0.6 * i);
const noise = (step: number): Float32Array =>
  Float32Array.from({ length: 6 }, (_, i) => Math.sin(i * 2.3 + step * 1.7) * Math.SQRT2);
const model = (x: Float32Array, time: number): Float32Array =>
  x.map((value) => Math.tanh(value) * (0.5 + 0.4 * Math.cos(time / 300)) + 0.1);

describe('every trajectory is that of an independent implementation', () => {
  test.each(cases)('$name', ({ scheduler: name, config, steps, tokens, evenLevels, timesteps, path }) => {
    const scheduler = createScheduler(name, parseSchedulerConfig(config), { steps, tokens, evenLevels });
    expect(scheduler.timesteps.length).toBe(steps);
    for (const [i, time] of scheduler.timesteps.entries())
      expect(Math.abs(time - (timesteps[i] as number))).toBeLessThan(1e-4 * Math.max(1, time));
    let sample: Float32Array = name.startsWith('euler') ? START.map((value) => 3 * value) : START;
    for (const [i, time] of scheduler.timesteps.entries()) {
      const output = model(scheduler.modelInput(i, sample), time);
      sample = scheduler.step(i, output, sample, scheduler.drawsNoise ? noise(i) : undefined).sample;
      for (const [k, want] of (path[i] as number[]).entries())
        expect(Math.abs((sample[k] as number) - want)).toBeLessThan(TOLERANCE * Math.max(1, Math.abs(want)));
    }
  });
});

test('betas and alphas are those of the definitions', () => {
  for (const [schedule, betas] of Object.entries(tables.betas)) {
    const config = parseSchedulerConfig({ beta_schedule: schedule, beta_start: 0.00085, beta_end: 0.012 });
    const got = betasOf(config, { start: 0, end: 0, schedule: 'linear' });
    for (const [i, beta] of betas.entries()) expect(Math.abs((got[111 * i] as number) - beta)).toBeLessThan(1e-8);
  }
  const config = parseSchedulerConfig({ beta_schedule: 'scaled_linear', beta_start: 0.00085, beta_end: 0.012 });
  const alphas = cumulativeAlphas(withZeroTerminalSnr(betasOf(config, { start: 0, end: 0, schedule: 'linear' })));
  for (const [i, alpha] of tables.zeroSnr.entries())
    expect(Math.abs((alphas[111 * i] as number) - alpha)).toBeLessThan(1e-8);
  expect(alphas.at(-1)).toBe(0);
});
