import { describe, expect, test } from 'vitest';
import { compareArrays, seededRandom } from '@soliloquy/testing';
import { NormalEquations } from '../src/normal-equations.ts';
import { solveDense } from './solve-dense.ts';

/** Equations of P particles with terms that a fit would add, and the same as a dense matrix. */
function system(P: number, seed: number): { equations: NormalEquations; dense: number[][]; gradient: number[] } {
  const random = seededRandom(seed);
  const K = 3;
  const gaussians = 4 * P;
  const indices = Int32Array.from({ length: gaussians * K }, () => Math.floor(random() * P));
  const weights = Float32Array.from({ length: gaussians * K }, () => (random() < 0.2 ? 0 : random()));
  const edges = Array.from({ length: Math.max(0, P - 1) }, (_, a) => [a, a + 1] as const);
  const springs = {
    from: Int32Array.from(edges, ([a]) => a),
    to: Int32Array.from(edges, ([, b]) => b),
    stiffness: new Float32Array(edges.length).fill(1),
  };
  const equations = new NormalEquations(P, indices, weights, K, springs);
  const dense = Array.from({ length: 2 * P }, () => new Array<number>(2 * P).fill(0));
  const addBlock = (a: number, b: number, xx: number, xy: number, yy: number): void => {
    dense[2 * a][2 * b] += xx;
    dense[2 * a][2 * b + 1] += xy;
    dense[2 * a + 1][2 * b] += xy;
    dense[2 * a + 1][2 * b + 1] += yy;
  };
  equations.clear();
  for (let n = 0; n < gaussians; n++) {
    // J of this Gaussian's two shifts is the slope g; each particle has a share of it: a rank-one block between every
    // two.
    const [gx, gy] = [random() - 0.5, random() - 0.5];
    for (let i = 0; i < K; i++) {
      for (let j = 0; j < K; j++) {
        const [a, b] = [indices[n * K + i], indices[n * K + j]];
        const w = weights[n * K + i] * weights[n * K + j];
        if (w === 0) continue;
        addBlock(a, b, w * gx * gx, w * gx * gy, w * gy * gy);
        if (a === b) equations.addDiagonal(a, w * gx * gx, w * gx * gy, w * gy * gy);
        else if (i < j) equations.addPair(equations.pair(a, b), w * gx * gx, w * gx * gy, w * gy * gy);
      }
    }
  }
  for (const [e, a] of springs.from.entries()) {
    const b = springs.to[e];
    for (const p of [a, b]) equations.addDiagonal(p, 1, 0, 1);
    equations.addPair(equations.pair(b, a), -1, 0, -1);
    addBlock(a, a, 1, 0, 1);
    addBlock(b, b, 1, 0, 1);
    addBlock(a, b, -1, 0, -1);
    addBlock(b, a, -1, 0, -1);
  }
  for (let p = 0; p < P; p++) {
    equations.addDiagonal(p, 0.1, 0, 0.1);
    addBlock(p, p, 0.1, 0, 0.1);
  }
  const gradient = Array.from({ length: 2 * P }, () => random() - 0.5);
  equations.gradient.set(gradient);
  return { equations, dense, gradient };
}

describe.each([1, 2, 7, 40])('the equations of %i particles', (P) => {
  test('are solved as elimination solves the dense matrix', () => {
    const { equations, dense, gradient } = system(P, P);
    const want = solveDense(
      dense,
      gradient.map((value) => -value),
    );
    compareArrays('delta', equations.solve(400, 1e-12), want, { absolute: 1e-9 });
  });

  test('are solved to a thousandth in the iterations that a fit takes', () => {
    const { equations, dense, gradient } = system(P, P + 100);
    const want = solveDense(
      dense,
      gradient.map((value) => -value),
    );
    compareArrays('delta', equations.solve(), want, { absolute: 1e-3 * Math.max(...want.map(Math.abs)) });
  });
});

test('without a gradient nothing moves', () => {
  const { equations } = system(5, 1);
  equations.gradient.fill(0);
  expect([...equations.solve()]).toEqual(new Array(10).fill(0));
});

test('what was added before clear is forgotten', () => {
  const { equations, dense, gradient } = system(6, 2);
  const first = equations.solve(400, 1e-12);
  equations.clear();
  for (let p = 0; p < 6; p++) equations.addDiagonal(p, 2, 0, 2);
  equations.gradient.set(gradient);
  compareArrays(
    'delta',
    equations.solve(),
    gradient.map((value) => -value / 2),
    { absolute: 1e-12 },
  );
  expect(
    solveDense(
      dense,
      gradient.map((value) => -value),
    )[0],
  ).toBeCloseTo(first[0], 9);
});

test('a pair that no Gaussian and no spring joins has no block', () => {
  const springs = { from: Int32Array.from([0]), to: Int32Array.from([1]), stiffness: Float32Array.from([1]) };
  const equations = new NormalEquations(3, Int32Array.from([0, 2]), Float32Array.from([1, 0]), 2, springs);
  expect(equations.pair(1, 0)).toBe(equations.pair(0, 1));
  expect(equations.pair(0, 2)).toBeUndefined();
});
