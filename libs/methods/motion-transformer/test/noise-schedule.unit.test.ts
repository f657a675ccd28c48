import { describe, expect, test } from 'vitest';
import { cosineSchedule, ddimStep, ddimSteps } from '../src/index.ts';

describe('the noise schedule', () => {
  test('is the closed form of Nichol and Dhariwal where no step is clipped', () => {
    const { alphaBar } = cosineSchedule(200);
    const f = (t: number) => Math.cos(((t / 200 + 0.008) / 1.008) * (Math.PI / 2)) ** 2;
    for (const tau of [0, 1, 50, 100, 150, 190]) expect(alphaBar[tau]).toBeCloseTo(f(tau + 1) / f(0), 10);
  });

  test('falls from nearly 1 to nearly 0', () => {
    const { alphaBar } = cosineSchedule(200);
    expect(alphaBar[0]).toBeGreaterThan(0.999);
    expect(alphaBar[199]).toBeLessThan(1e-4);
    for (let tau = 1; tau < 200; tau++) expect(alphaBar[tau]).toBeLessThan(alphaBar[tau - 1]);
  });

  test('DDIM visits the noisiest step first and each step once', () => {
    const schedule = cosineSchedule(200);
    for (const count of [1, 7, 25, 200, 500]) {
      const steps = [...ddimSteps(schedule, count)];
      expect(steps[0]).toBe(199);
      expect(steps.length).toBe(Math.min(count, 200));
      expect(new Set(steps).size).toBe(steps.length);
      for (let i = 1; i < steps.length; i++) expect(steps[i]).toBeLessThan(steps[i - 1]);
    }
  });

  test.each([0, 0.5, 1])('with a perfect prediction every step lies on the forward process, eta %s', (eta) => {
    const schedule = cosineSchedule(200);
    const steps = ddimSteps(schedule, 20);
    const clean = Float32Array.from({ length: 4000 }, (_, i) => Math.sin(i));
    let state = 1;
    const normal = (): number => {
      const next = (): number => ((state = (state * 1664525 + 1013904223) >>> 0) + 0.5) / 2 ** 32;
      return Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
    };
    const at = (tau: number): number => schedule.alphaBar[tau];
    const x = clean.map((value) => Math.sqrt(at(199)) * value + Math.sqrt(1 - at(199)) * normal());
    for (const [i, tau] of steps.entries()) {
      const next = steps[i + 1] ?? -1;
      ddimStep(schedule, x, clean, tau, next, eta, Float32Array.from({ length: x.length }, normal));
      if (next >= 0) {
        const variance = x.reduce((sum, value, k) => sum + (value - Math.sqrt(at(next)) * clean[k]) ** 2, 0) / x.length;
        expect(variance / (1 - at(next))).toBeGreaterThan(0.9);
        expect(variance / (1 - at(next))).toBeLessThan(1.1);
      }
    }
    expect(Math.max(...x.map((value, i) => Math.abs(value - clean[i])))).toBeLessThan(1e-5);
  });
});

describe('one DDIM step', () => {
  const schedule = cosineSchedule(100);
  const [x, clean, noise] = [0.3, -1.2, 0.7].map((shift) =>
    Float32Array.from({ length: 8 }, (_, i) => Math.sin(3 * i + shift) + shift),
  );

  test.each([
    [99, 60, 0],
    [60, 20, 0.4],
    [20, 3, 1],
    [3, 0, 1],
    [5, -1, 1],
    [5, -1, 0],
  ])('is eq. 12 of Song et al. from τ = %i to %i with η = %d', (tau, next, eta) => {
    const [now, then] = [schedule.alphaBar[tau], next < 0 ? 1 : schedule.alphaBar[next]];
    const sigma = eta * Math.sqrt((1 - then) / (1 - now)) * Math.sqrt(1 - now / then);
    const made = x.slice();
    ddimStep(schedule, made, clean, tau, next, eta, noise);
    made.forEach((value, i) => {
      const epsilon = (x[i] - Math.sqrt(now) * clean[i]) / Math.sqrt(1 - now);
      const wanted = Math.sqrt(then) * clean[i] + Math.sqrt(1 - then - sigma ** 2) * epsilon + sigma * noise[i];
      expect(value).toBeCloseTo(wanted, 5);
    });
  });

  test('reads no noise where none is wanted', () => {
    const made = x.slice();
    ddimStep(schedule, made, clean, 60, 20, 0, new Float32Array(8).fill(Number.NaN));
    expect(made.every(Number.isFinite)).toBe(true);
  });
});

test('no β is above 0.999, and DDIM spaces its steps evenly down to the last', () => {
  const { alphaBar, steps } = cosineSchedule(40);
  expect(steps).toBe(40);
  expect(alphaBar).toHaveLength(40);
  expect(1 - alphaBar[39] / alphaBar[38]).toBeCloseTo(0.999, 12);
  expect([...ddimSteps(cosineSchedule(100), 4)]).toEqual([99, 74, 49, 24]);
  expect([...ddimSteps(cosineSchedule(10), 10)]).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
  expect([...ddimSteps(cosineSchedule(10), 3)]).toEqual([9, 6, 2]);
});
