import { describe, expect, test } from 'vitest';
import { particleNeighbours } from '@soliloquy/gaussian-cloud';
import { createRng } from '@soliloquy/tensor';
import { carriedPoints } from '../src/carried-points.ts';
import { rigidity } from '../src/rigidity.ts';
import { trajectoryLoss } from '../src/trajectory-loss.ts';
import { gaussians, picture, rig, SIDE } from './small-avatar.ts';

const rng = createRng('losses');
const P = rig.particles;
const F = 6;
const carried = carriedPoints(gaussians, rig, picture.landmarks, { width: SIDE, height: SIDE });
const Q = carried.points.count;
const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * b[i], 0);
const random = (count: number, scale: number): Float32Array => rng.normal([count]).data.map((value) => scale * value);

describe('points that particles carry', () => {
  test('most of what the picture shows is on the avatar', () => {
    expect(carried.points.visibility.reduce((sum, value) => sum + value, 0)).toBeGreaterThan(0.7 * Q);
  });

  test('go as the picture does: a shift of all particles is one of all points, in pixels', () => {
    const all = new Float32Array(3 * P);
    for (let p = 0; p < P; p++) all.set([0.02, -0.01, 0], 3 * p);
    const shifts = carried.shifts(all);
    const perUnit = gaussians.camera.fx / 2;
    carried.points.visibility.forEach((seen, q) => {
      expect(shifts[2 * q]).toBeCloseTo(seen * 0.02 * perUnit, 4);
      expect(shifts[2 * q + 1]).toBeCloseTo(-seen * 0.01 * perUnit, 4);
    });
  });

  test('⟨U t, g⟩ = ⟨t, Uᵀ g⟩', () => {
    const [t, g] = [random(F * 3 * P, 1), random(F * 2 * Q, 1)];
    const [a, b] = [dot(carried.shifts(t), g), dot(t, carried.pullBack(g))];
    expect(Math.abs(a - b)).toBeLessThan(1e-4 * Math.abs(a));
  });
});

/** Directional derivative by central differences, and by the gradient. */
function along(lossOf: (t: Float32Array) => { value: number; gradient: Float32Array }, t: Float32Array, size: number) {
  const way = random(t.length, size);
  const moved = (by: number): number => lossOf(t.map((value, i) => value + by * way[i])).value;
  const h = 0.02;
  return [(moved(h) - moved(-h)) / (2 * h), dot(lossOf(t).gradient, way)] as const;
}

describe('L_traj', () => {
  // A film whose shift field is known: every particle goes along a wave of its own.
  const wanted = Float32Array.from({ length: F * 3 * P }, (_, i) =>
    i % 3 === 2 ? 0 : 0.03 * Math.sin(Math.floor(i / (3 * P)) + (i % (3 * P))),
  );
  const ways = { shifts: carried.shifts(wanted), visibility: new Float32Array(F * Q).fill(1) };

  test('its gradient is that of central differences, where no entry changes sides', () => {
    const off = random(wanted.length, 0.004);
    const near = wanted.map((value, i) => value + off[i]);
    const [difference, gradient] = along((t) => trajectoryLoss(carried, t, ways, 10), near, 1e-3);
    expect(gradient).not.toBe(0);
    expect(Math.abs(difference - gradient)).toBeLessThan(0.02 * Math.abs(difference));
  });

  test('alone it brings the points within 0.3 pixels of where the film has them', () => {
    const t = new Float32Array(wanted.length);
    const [m, v] = [new Float64Array(t.length), new Float64Array(t.length)];
    const rms = (): number => {
      const { squares, seen } = trajectoryLoss(carried, t, ways, 10);
      return Math.sqrt(squares / seen);
    };
    const before = rms();
    for (let step = 1; step <= 300; step++) {
      const { gradient } = trajectoryLoss(carried, t, ways, 10);
      for (let i = 0; i < t.length; i++) {
        m[i] = 0.9 * m[i] + 0.1 * gradient[i];
        v[i] = 0.99 * v[i] + 0.01 * gradient[i] ** 2;
        t[i] -= (2e-3 * (m[i] / (1 - 0.9 ** step))) / (Math.sqrt(v[i] / (1 - 0.99 ** step)) + 1e-12);
      }
    }
    expect(before).toBeGreaterThan(3);
    expect(rms()).toBeLessThan(0.3);
  });

  test('what is not seen pulls at nothing, to the bit', () => {
    const hidden = new Float32Array(F * Q).fill(1);
    const lips = [...carried.points.parts.keys()].filter((q) => carried.points.parts[q] >= 6);
    for (let f = 0; f < F; f++) for (const q of lips) hidden[f * Q + q] = 0;
    const none = trajectoryLoss(carried, wanted, { ...ways, visibility: new Float32Array(F * Q) }, 10);
    expect(none.gradient.every((value) => value === 0)).toBe(true);
    expect(none.value).toBe(0);
    const astray = ways.shifts.map((value, i) => (lips.includes(Math.floor(i / 2) % Q) ? value + 50 : value));
    const still = new Float32Array(wanted.length);
    const [a, b] = [ways.shifts, astray].map((shifts) =>
      trajectoryLoss(carried, still, { shifts, visibility: hidden }, 10),
    );
    expect(b.gradient).toEqual(a.gradient);
    expect(b.value).toBe(a.value);
  });

  test('a track that went astray is left out', () => {
    const astray = ways.shifts.slice();
    astray[2 * 3] += 500;
    const plain = trajectoryLoss(carried, wanted, ways, 10);
    const trimmed = trajectoryLoss(carried, wanted, { ...ways, shifts: astray }, 10);
    expect(plain.value).toBeLessThan(1e-9);
    expect(trimmed.value).toBeLessThan(1e-9);
  });
});

describe('rigidity', () => {
  const springs = particleNeighbours(rig);

  test('is nothing for a turn and a shift of the whole', () => {
    const t = new Float32Array(3 * P);
    for (let p = 0; p < P; p++) {
      const [x, y] = [rig.positions[3 * p], rig.positions[3 * p + 1]];
      t.set([0.9 * x - Math.sqrt(0.19) * y - x + 1, Math.sqrt(0.19) * x + 0.9 * y - y, 0.2], 3 * p);
    }
    expect(rigidity(rig.positions, springs, t).value).toBeLessThan(1e-10);
  });

  test('its gradient is that of central differences', () => {
    const t = random(F * 3 * P, 0.05);
    const [difference, gradient] = along((moved) => rigidity(rig.positions, springs, moved), t, 0.002);
    expect(Math.abs(difference - gradient)).toBeLessThan(1e-2 * Math.abs(difference));
    expect(difference).not.toBe(0);
  });
});
