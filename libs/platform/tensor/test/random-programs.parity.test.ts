import { numpy as np } from '@jax-js/jax';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRng } from '../src/index.ts';
import { forwardError, gradientError } from './against-jax.ts';

/** One step of a random program: an operation on the newest value, its choices drawn from `seeds`. */
interface Step {
  readonly op: (typeof OPERATIONS)[number];
  readonly seeds: readonly number[];
}

const OPERATIONS = ['sine', 'transpose', 'broadcast', 'reshape', 'sum', 'max', 'multiply', 'subtract', 'einsum', 'matmul', 'pad', 'shrink', 'concatenate', 'split', 'where', 'swap'] as const;
const MAX_SIZE = 400;

/** Runs the steps; whatever a step cannot do to the shapes at hand is passed over. `other` is a second value, combined by binary steps. */
function run(steps: readonly Step[], first: np.Array, second: np.Array): np.Array {
  let x = first;
  let other = second;
  for (const { op, seeds } of steps) {
    const pick = (k: number, n: number) => seeds[k % seeds.length] % n;
    const rank = x.shape.length;
    const axis = rank === 0 ? 0 : pick(0, rank);
    switch (op) {
      case 'sine':
        x = np.sin(x);
        break;
      case 'transpose':
        x = np.transpose(x, shuffled(rank, seeds));
        break;
      case 'broadcast': {
        const shape = [...Array.from({ length: pick(1, 2) }, () => 1 + pick(2, 3)), ...x.shape.map((n, d) => (n === 1 ? 1 + pick(d, 3) : n))];
        if (size(shape) <= MAX_SIZE && shape.length <= 5) x = np.broadcastTo(x, shape);
        break;
      }
      case 'reshape':
        x = x.reshape(refactored(x.size, seeds));
        break;
      case 'sum':
        if (rank > 0) x = x.sum(axis, { keepdims: pick(1, 2) === 1 });
        break;
      case 'max':
        if (rank > 0) x = x.max(axis, { keepdims: pick(1, 2) === 1 });
        break;
      case 'multiply':
      case 'subtract':
        if (broadcasts(x.shape, other.shape)) x = op === 'multiply' ? x.mul(other.ref) : other.ref.sub(x);
        break;
      case 'einsum': {
        const [a, b, out] = einsumAxes(x.shape, other.shape, seeds);
        if (size(out.map((letter) => letter.size)) <= MAX_SIZE) x = np.einsum(`${text(a)},${text(b)}->${text(out)}`, x, other.ref);
        break;
      }
      case 'matmul':
        if (rank >= 2) x = np.matmul(x.ref, np.matrixTranspose(x));
        break;
      case 'pad':
        if (rank > 0 && rank < 5) x = np.pad(x, x.shape.map((_, d) => [pick(d, 2), pick(d + 1, 2)] as [number, number]));
        if (x.size > MAX_SIZE) x = x.sum(axis);
        break;
      case 'shrink':
        if (rank > 0 && x.shape[axis] > 1) x = x.slice(...Array.from({ length: axis }, (): [] => []), [pick(1, 2), x.shape[axis]]);
        break;
      case 'concatenate':
        if (rank > 0 && x.size * 2 <= MAX_SIZE) x = np.concatenate([x.ref, np.cos(x)], axis);
        break;
      case 'split':
        if (rank > 0 && x.shape[axis] % 2 === 0) {
          const [left, right] = np.split(x, 2, axis);
          x = left.mul(right);
        }
        break;
      case 'where':
        x = np.where(x.ref.less(0.1), x.ref.mul(0.5), np.square(x));
        break;
      case 'swap':
        [x, other] = [other, x];
        break;
    }
    if (x.size > MAX_SIZE) x = x.sum(null);
    // Sums grow: a sine keeps values small, and being element by element it keeps the view as it is.
    if (['sum', 'einsum', 'matmul', 'multiply'].includes(op)) x = np.sin(x.mul(0.1));
  }
  return x.add(np.abs(other).mean(null));
}

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

function broadcasts(a: readonly number[], b: readonly number[]): boolean {
  const n = Math.max(a.length, b.length);
  let total = 1;
  for (let d = 1; d <= n; d++) {
    const [x, y] = [a.at(-d) ?? 1, b.at(-d) ?? 1];
    if (x !== y && x !== 1 && y !== 1) return false;
    total *= Math.max(x, y);
  }
  return total <= MAX_SIZE;
}

function shuffled(rank: number, seeds: readonly number[]): number[] {
  const perm = Array.from({ length: rank }, (_, i) => i);
  for (let i = rank - 1; i > 0; i--) {
    const j = seeds[i % seeds.length] % (i + 1);
    [perm[i], perm[j]] = [perm[j], perm[i]];
  }
  return perm;
}

/** Another shape with as many elements, axes of size 1 sprinkled in. */
function refactored(count: number, seeds: readonly number[]): number[] {
  const shape: number[] = [];
  let rest = count;
  for (const seed of seeds.slice(0, 4)) {
    if (seed % 3 === 0) shape.push(1);
    const factor = [2, 3, 4, 6].find((f, i) => rest % f === 0 && (seed >> i) % 2 === 1);
    if (factor !== undefined) {
      shape.push(factor);
      rest /= factor;
    }
  }
  return [...shape, rest];
}

type Letter = { letter: string; size: number };
const text = (letters: readonly Letter[]) => letters.map(({ letter }) => letter).join('');

/** Random labels: equal sizes of the two operands are shared by chance, a shared axis is summed by chance. */
function einsumAxes(a: readonly number[], b: readonly number[], seeds: readonly number[]): [Letter[], Letter[], Letter[]] {
  const left = a.map((n, i) => ({ letter: String.fromCharCode(97 + i), size: n }));
  const free = [...left];
  const right = b.map((n, i) => {
    const at = free.findIndex((letter) => letter.size === n);
    if (at !== -1 && seeds[i % seeds.length] % 3 !== 0) return free.splice(at, 1)[0];
    return { letter: String.fromCharCode(110 + i), size: n };
  });
  const all = [...left, ...right.filter((letter) => !left.includes(letter))];
  const out = all.filter((letter, i) => letter.size === 1 || !(left.includes(letter) && right.includes(letter)) || seeds[(i + 1) % seeds.length] % 2 === 0);
  return [left, right, shuffled(out.length, seeds).map((i) => out[i])];
}

const shapes = fc.array(fc.constantFrom(1, 1, 2, 3, 4), { minLength: 0, maxLength: 4 });
const steps = fc.array(fc.record({ op: fc.constantFrom(...OPERATIONS), seeds: fc.array(fc.nat(1000), { minLength: 4, maxLength: 5 }) }), { minLength: 1, maxLength: 7 });

test('random programs over views compute what jax-js computes', async () => {
  const property = fc.asyncProperty(shapes, shapes, steps, async (a, b, program) => {
    const rng = createRng('random-programs');
    expect(await forwardError((x: np.Array, y: np.Array) => run(program, x, y), [rng.normal(a), rng.normal(b)], 'compiled')).toBeLessThan(1e-5);
  });
  await fc.assert(property, { seed: 20261122, numRuns: 150 });
});

test('gradients of random programs are those of jax-js', async () => {
  const property = fc.asyncProperty(shapes, shapes, steps, async (a, b, program) => {
    const rng = createRng('random-gradients');
    expect(await gradientError((x: np.Array, y: np.Array) => run(program, x, y), [rng.normal(a), rng.normal(b)], 2, 'compiled')).toBeLessThan(1e-5);
  });
  await fc.assert(property, { seed: 20261123, numRuns: 80 });
});
