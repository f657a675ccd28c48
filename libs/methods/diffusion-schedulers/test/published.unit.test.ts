import { describe, expect, test } from 'vitest';
import { createScheduler, parseSchedulerConfig, spacedTimes, type SchedulerName } from '../src/index.ts';

/** The sample of diffusers' own tests: 4 pictures of 3 x 8 x 8, values even in [0, 1). */
function deterministicSample(): Float32Array {
  const [batch, size] = [4, 3 * 8 * 8];
  const sample = new Float32Array(batch * size);
  for (let b = 0; b < batch; b++)
    for (let i = 0; i < size; i++) sample[b * size + i] = (i * batch + b) / (batch * size);
  return sample;
}

/** The model of diffusers' own tests: x t / (t + 1). */
function loop(name: SchedulerName, config: object, steps = 10): { sum: number; mean: number } {
  const scheduler = createScheduler(name, parseSchedulerConfig(config), { steps });
  let sample: Float32Array = deterministicSample().map((value) => value * scheduler.initialDeviation);
  for (const [i, time] of scheduler.timesteps.entries()) {
    const input = scheduler.modelInput(i, sample);
    // As those tests do it, the scaled sample goes on.
    sample = scheduler.step(
      i,
      input.map((value) => (value * time) / (time + 1)),
      input,
    ).sample;
  }
  const sum = sample.reduce((total, value) => total + Math.abs(value), 0);
  return { sum, mean: sum / sample.length };
}

/**
 * Sums and means of |x| that `tests/schedulers` of huggingface/diffusers expect (commit 58eb52c080), made by another
 * implementation on another machine, with the tolerances of those tests.
 */
const LINEAR = { beta_schedule: 'linear', beta_start: 0.0001, beta_end: 0.02 };
const DDIM = { ...LINEAR, clip_sample: true };
const EULER = { ...LINEAR, num_train_timesteps: 1100 };
const DPM = { ...LINEAR, lower_order_final: false, final_sigmas_type: 'sigma_min' };
const PUBLISHED: readonly [SchedulerName, object, { sum?: number; mean: number }][] = [
  ['ddim', DDIM, { sum: 172.0067, mean: 0.223967 }],
  ['ddim', { ...DDIM, prediction_type: 'v_prediction' }, { sum: 52.5302, mean: 0.0684 }],
  ['ddim', { ...DDIM, set_alpha_to_one: true, beta_start: 0.01 }, { sum: 149.8295, mean: 0.1951 }],
  ['ddim', { ...DDIM, set_alpha_to_one: false, beta_start: 0.01 }, { sum: 149.0784, mean: 0.1941 }],
  ['euler', EULER, { sum: 10.0807, mean: 0.0131 }],
  ['euler', { ...EULER, prediction_type: 'v_prediction' }, { sum: 0.0002, mean: 2.2676e-6 }],
  ['euler', { ...EULER, use_karras_sigmas: true }, { sum: 124.523, mean: 0.162139 }],
  ['dpm-solver++-2m', DPM, { mean: 0.3301 }],
  ['dpm-solver++-2m', { ...DPM, prediction_type: 'v_prediction' }, { mean: 0.2251 }],
  ['dpm-solver++-2m', { ...DPM, prediction_type: 'v_prediction', use_karras_sigmas: true }, { mean: 0.2096 }],
];

describe('what diffusers publishes of its own loops', () => {
  test.each(PUBLISHED)('%s %j', (name, config, { sum, mean }) => {
    const got = loop(name, config);
    if (sum !== undefined) expect(Math.abs(got.sum - sum)).toBeLessThan(1e-2);
    expect(Math.abs(got.mean - mean)).toBeLessThan(1e-3);
  });
});

test('tables of times are those of Lin et al. 2024, table 2, and of the published defaults', () => {
  const taken = { count: 1000, steps: 10, offset: 0, whole: true };
  expect(spacedTimes('leading', taken)).toEqual([900, 800, 700, 600, 500, 400, 300, 200, 100, 0]);
  expect(spacedTimes('leading', { ...taken, offset: 1 })).toEqual([901, 801, 701, 601, 501, 401, 301, 201, 101, 1]);
  expect(spacedTimes('trailing', taken)).toEqual([999, 899, 799, 699, 599, 499, 399, 299, 199, 99]);
  expect(spacedTimes('linspace', taken)).toEqual([999, 888, 777, 666, 555, 444, 333, 222, 111, 0]);
  const lcm = createScheduler('lcm', parseSchedulerConfig({}), { steps: 4 });
  expect(lcm.timesteps).toEqual([999, 759, 499, 259]);
});

describe('what means nothing is refused', () => {
  const config = parseSchedulerConfig({});
  test('a setting that changes the numbers and is not built here', () => {
    for (const bad of [
      { thresholding: true },
      { algorithm_type: 'sde-dpmsolver++' },
      { solver_order: 3 },
      { use_beta_sigmas: true },
      { prediction_type: 'flow' },
      { shift_terminal: 0.1 },
      { num_train_timesteps: 0 },
      { beta_start: -1 },
    ])
      expect(() => parseSchedulerConfig(bad)).toThrow(
        expect.objectContaining({ code: 'schedulers.config', where: expect.stringContaining(Object.keys(bad)[0]) }),
      );
    const zero = parseSchedulerConfig({ rescale_betas_zero_snr: true, timestep_spacing: 'trailing' });
    expect(() => createScheduler('ddim', zero, { steps: 4 })).toThrow('prediction_type');
  });

  test('steps that are none, or more than there are', () => {
    for (const steps of [0, 1.5, 2000, NaN])
      for (const name of ['ddim', 'euler', 'dpm-solver++-2m', 'lcm', 'flow-match-euler'] as const)
        expect(() => createScheduler(name, config, { steps })).toThrow('a whole number from 1 to');
  });

  test('steps out of order, arrays of other lengths, noise that is missing', () => {
    const scheduler = createScheduler('euler-ancestral', config, { steps: 3 });
    const x = new Float32Array(4);
    expect(() => scheduler.step(1, x, x, x)).toThrow('expected step 0, got step 1');
    expect(() => scheduler.step(0, x, x)).toThrow('expected 4 values, got 0');
    expect(() => scheduler.step(0, new Float32Array(3), x, x)).toThrow('expected 4 values, got 3');
    for (const index of [0, 1, 2]) scheduler.step(index, x, x, x);
    expect(() => scheduler.step(3, x, x, x)).toThrow('expected step 3, got step 3');
  });
});
