import { beforeEach, describe, expect, test } from 'vitest';
import { REGIONS } from '@soliloquy/ports';
import { CARRIES, createParticleRig, particleNeighbours, varianceOverTime, type ParticleRig } from '../src/index.ts';
import { bodyCloud } from './cloud.ts';

const cloud = bodyCloud(3);
let rig: ParticleRig;
let everyParticle: number[];
beforeEach(() => {
  rig = createParticleRig(cloud, 248);
  everyParticle = [...rig.regions.keys()];
});
const mayCarry = (particle: number, region: number): boolean =>
  CARRIES[region * REGIONS.length + rig.regions[particle]] === 1;

/** Particles and weights of a Gaussian by their definition, in f64; depth counts half. */
function weightsReference(mean: ArrayLike<number>, region: number, K: number): Map<number, number> {
  const at = (p: number, axis: number): number => rig.positions[p * 3 + axis];
  const sorted = everyParticle
    .filter((p) => mayCarry(p, region))
    .map((p) => ({ p, d: Math.hypot(mean[0] - at(p, 0), mean[1] - at(p, 1), (mean[2] - at(p, 2)) / 2) }))
    .sort((a, b) => a.d - b.d || a.p - b.p);
  const used = sorted.slice(0, K);
  const radius = sorted[Math.min(sorted.length - 1, K)].d / 2;
  const raw = used.map(({ d }) => Math.exp(-(d * d) / (2 * radius * radius)));
  const total = raw.reduce((sum, value) => sum + value, 0);
  const w = raw.map((value) => value / total);
  const mid = [0, 1].map((axis) => used.reduce((sum, { p }, k) => sum + w[k] * at(p, axis), 0));
  const off = used.map(({ p }) => [0, 1].map((axis) => at(p, axis) - mid[axis]));
  const scatter = (i: number, j: number): number => off.reduce((sum, o, k) => sum + w[k] * o[i] * o[j], 0);
  const ridge = 0.02 * (scatter(0, 0) + scatter(1, 1)) + 1e-12;
  // (S + ridge I) a = m − p̄, by the eigenvectors of the symmetric 2x2 matrix.
  const [a, b, c] = [scatter(0, 0) + ridge, scatter(0, 1), scatter(1, 1) + ridge];
  const turn = Math.atan2(2 * b, a - c) / 2;
  const missing = [mean[0] - mid[0], mean[1] - mid[1]];
  const slope = [0, 0];
  for (const angle of [turn, turn + Math.PI / 2]) {
    const [x, y] = [Math.cos(angle), Math.sin(angle)];
    const along = (missing[0] * x + missing[1] * y) / (a * x * x + 2 * b * x * y + c * y * y);
    slope[0] += along * x;
    slope[1] += along * y;
  }
  const tilt = off.map(([x, y]) => slope[0] * x + slope[1] * y);
  const change = tilt.reduce((sum, value, k) => sum + w[k] * Math.abs(value), 0);
  return new Map(used.map(({ p }, k) => [p, w[k] * (1 + Math.min(1, 2 / change) * tilt[k])]));
}

describe('the weights of a rig', () => {
  /** Of a Gaussian; a slot that is not used repeats its first particle with weight 0. */
  const of = (given: typeof rig, n: number): Map<number, number> => {
    const weights = new Map<number, number>();
    for (let k = n * given.neighbours; k < (n + 1) * given.neighbours; k++)
      weights.set(given.indices[k], (weights.get(given.indices[k]) ?? 0) + given.weights[k]);
    return weights;
  };

  test('are those of the definition in f64, for every Gaussian', () => {
    for (let n = 0; n < cloud.count; n++) {
      const wanted = weightsReference(cloud.means.subarray(n * 3, n * 3 + 3), cloud.regions[n], 5);
      const got = of(rig, n);
      expect([...got.keys()], `Gaussian ${n}`).toEqual([...wanted.keys()]);
      for (const [p, weight] of wanted) expect(got.get(p)! - weight, `Gaussian ${n}`).toBeCloseTo(0, 4);
    }
  });

  test('are of as many particles as asked for, five where nothing is said', () => {
    expect(rig.neighbours).toBe(5);
    const three = createParticleRig(cloud, 248, 3);
    expect(three.neighbours).toBe(3);
    for (let n = 0; n < cloud.count; n += 7) {
      const wanted = weightsReference(cloud.means.subarray(n * 3, n * 3 + 3), cloud.regions[n], 3);
      for (const [p, weight] of wanted) expect(of(three, n).get(p)! - weight).toBeCloseTo(0, 4);
    }
  });
});

test('half as many particles are asked of each region for half the count, and at least two', () => {
  const count = (of: { regions: Uint8Array }, region: number): number => of.regions.filter((r) => r === region).length;
  const half = createParticleRig(cloud, 124);
  for (const region of new Set(cloud.regions))
    expect(count(half, region), REGIONS[region].name).toBe(Math.max(2, Math.round(count(rig, region) / 2)));
  expect(rig.particles).toBe(248);
});

describe('springs between particles, by their definition', () => {
  const named = (p: number): string => REGIONS[rig.regions[p]].name;
  const soft = ['upperLip', 'lowerLip', 'jaw'];
  const rides: Record<string, number> = { mouthInterior: 8, leftEyelid: 0.125, rightEyelid: 0.125 };

  test.each([6, 2])('each particle has its %d nearest in the plane', (degree) => {
    const wanted = new Map<string, number>();
    for (const a of everyParticle) {
      const near = everyParticle
        .filter((b) => b !== a)
        .filter((b) => mayCarry(b, rig.regions[a]) || (named(a) in rides && named(b) === 'upperFace'))
        .map((b) => ({
          b,
          d:
            (rig.positions[a * 3] - rig.positions[b * 3]) ** 2 +
            (rig.positions[a * 3 + 1] - rig.positions[b * 3 + 1]) ** 2,
        }))
        .sort((one, other) => one.d - other.d);
      for (const { b } of near.slice(0, degree)) {
        const loose = named(a) !== named(b) && (soft.includes(named(a)) || soft.includes(named(b)));
        const stiffness = rides[named(a)] ?? (loose ? 0.25 : 1);
        wanted.set(`${Math.min(a, b)} ${Math.max(a, b)}`, stiffness);
      }
    }
    const { from, to, stiffness } = degree === 6 ? particleNeighbours(rig) : particleNeighbours(rig, degree);
    const got = new Map(Array.from(from, (a, edge) => [`${a} ${to[edge]}`, stiffness[edge]]));
    expect(from).toHaveLength(wanted.size);
    for (const [pair, held] of wanted) expect(got.get(pair), pair).toBe(held);
  });
});

describe('variance over time', () => {
  test('is that of the population, column by column', () => {
    // Columns (1, 2, 6) and (−4, 0, 4): means 3 and 0, squares 4 + 1 + 9 and 16 + 0 + 16.
    const found = varianceOverTime(Float32Array.of(1, -4, 2, 0, 6, 4), 2);
    expect([...found].map((value) => Number(value.toFixed(12)))).toEqual([
      Number((14 / 3).toFixed(12)),
      Number((32 / 3).toFixed(12)),
    ]);
  });

  test('is never below 0, whatever rounding does', () => {
    for (const value of [0.1, 1e4 / 3, 123.456]) {
      const [found] = varianceOverTime(new Float32Array(7).fill(value), 1);
      expect(found).toBeGreaterThanOrEqual(0);
      expect(found).toBeLessThan(1e-6 * value * value);
    }
  });
});
