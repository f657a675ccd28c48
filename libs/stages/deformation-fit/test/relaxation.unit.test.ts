import { expect, test } from 'vitest';
import { Relaxation } from '../src/relaxation.ts';

/** Steps towards 0 that are too long or too short by a factor of each particle's own, until `steps` are made. */
function walk(relaxation: Relaxation, factors: readonly number[], steps: number): number[] {
  const at = Float64Array.from({ length: factors.length * 2 }, (_, i) => (i % 2 === 0 ? 3 : -2));
  relaxation.begin();
  for (let step = 0; step < steps; step++) {
    const delta = at.map((value, i) => -factors[Math.floor(i / 2)] * value);
    relaxation.relax(delta);
    delta.forEach((value, i) => (at[i] += value));
  }
  return factors.map((_, p) => Math.hypot(at[p * 2], at[p * 2 + 1]));
}

test('particles whose steps are too long or too short come to rest', () => {
  // A factor of 1.95 alone leaves 0.95 of the way in each step, on alternate sides.
  const left = walk(new Relaxation(4), [1.95, 1.5, 1, 0.7], 6);
  for (const way of left) expect(way).toBeLessThan(0.01);
});

test('what a particle learned on one frame shortens its first step on the next', () => {
  const relaxation = new Relaxation(2);
  const [first] = walk(relaxation, [1.9, 1], 1);
  walk(relaxation, [1.9, 1], 5);
  const [again, right] = walk(relaxation, [1.9, 1], 1);
  expect(again).toBeLessThan(0.1 * first);
  expect(right).toBeLessThan(1e-9);
});

test('the last step of one frame says nothing of the first of the next', () => {
  const relaxation = new Relaxation(1);
  relaxation.relax(Float64Array.of(1, 0));
  relaxation.begin();
  const delta = Float64Array.of(-1, 0);
  relaxation.relax(delta);
  expect([...delta]).toEqual([-1, 0]);
});
