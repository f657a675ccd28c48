import { describe, expect, it } from 'vitest';
import { seededRandom } from '@soliloquy/testing';
import { carryNodes, flowGrid, flowWeights, pullBackNodes, sourceOf } from '../src/index.ts';
import golden from './golden/flow.json' with { type: 'json' };

const [width, height] = golden.size;
const grid = flowGrid(width, height, golden.step);
const rest = Float32Array.from(golden.rest);
const moved = Float32Array.from(golden.moved);
const nodes = grid.columns * grid.rows;

function carriedBy(to: Float32Array, ridge: number): Float32Array {
  const carried = new Float32Array(2 * nodes);
  carryNodes(flowWeights(grid, rest, { radius: golden.radius, ridge }), to, carried);
  return carried;
}

describe('the flow of points', () => {
  it.each([golden.affine, golden.stiff])('is that of NumPy, ridge $ridge', ({ ridge, carried }) => {
    const own = carriedBy(moved, ridge);
    expect(own.length).toBe(carried.length);
    carried.forEach((value, i) => expect(Math.abs(own[i] - value), `${i}`).toBeLessThan(2e-4 * (1 + Math.abs(value))));
  });

  it('carries an affine motion over exactly, and a shift whatever the ridge', () => {
    const affine = (x: number, y: number): [number, number] => [1.1 * x - 0.2 * y + 3, 0.15 * x + 0.9 * y - 2];
    const to = rest.map((_, i) => affine(rest[i & ~1], rest[i | 1])[i & 1]);
    const shifted = carriedBy(
      rest.map((value, i) => value + (i % 2 === 0 ? 2.5 : -1)),
      1e9,
    );
    const own = carriedBy(to, 0);
    for (let node = 0; node < nodes; node++) {
      const [x, y] = [(node % grid.columns) * grid.step, Math.floor(node / grid.columns) * grid.step];
      const [wantedX, wantedY] = affine(x, y);
      expect(own[2 * node]).toBeCloseTo(wantedX, 3);
      expect(own[2 * node + 1]).toBeCloseTo(wantedY, 3);
      const mean = [0, 1].map((axis) => shifted[2 * node + axis]);
      const stays = carriedBy(rest, 1e9);
      expect(mean[0] - stays[2 * node]).toBeCloseTo(2.5, 3);
      expect(mean[1] - stays[2 * node + 1]).toBeCloseTo(-1, 3);
    }
  });

  it('pulls gradients back by its transpose: ⟨W q, g⟩ = ⟨q, Wᵀ g⟩', () => {
    const random = seededRandom(2);
    const gradient = Float32Array.from({ length: 2 * nodes }, () => 2 * random() - 1);
    const weights = flowWeights(grid, rest, { radius: golden.radius, ridge: 0.1 });
    const [carried, back] = [new Float32Array(2 * nodes), new Float32Array(rest.length)];
    carryNodes(weights, moved, carried);
    pullBackNodes(weights, gradient, back);
    const forward = carried.reduce((sum, value, i) => sum + value * gradient[i], 0);
    const backward = moved.reduce((sum, value, i) => sum + value * back[i], 0);
    expect(Math.abs(forward - backward)).toBeLessThan(1e-5 * Math.abs(forward));
  });

  it('finds where a place comes from, within a fiftieth of a pixel', () => {
    const gently = rest.map((value, i) => value + 0.4 * (moved[i] - value));
    const carried = carriedBy(gently, 0.1);
    const source = { x: 0, y: 0 };
    for (let y = 6; y < height - 6; y += 5)
      for (let x = 6; x < width - 6; x += 5) {
        sourceOf(grid, carried, { x, y }, source);
        const [gx, gy] = [source.x / grid.step, source.y / grid.step];
        const at = 2 * (Math.floor(gy) * grid.columns + Math.floor(gx));
        const [u, v] = [gx % 1, gy % 1];
        const now = [0, 1].map(
          (axis) =>
            (1 - v) * ((1 - u) * carried[at + axis] + u * carried[at + 2 + axis]) +
            v * ((1 - u) * carried[at + 2 * grid.columns + axis] + u * carried[at + 2 * grid.columns + 2 + axis]),
        );
        expect(Math.hypot(now[0] - x, now[1] - y)).toBeLessThan(0.02);
      }
  });

  it('refuses no points at all', () => {
    expect(() => flowWeights(grid, new Float32Array(0), { radius: 5, ridge: 0 })).toThrow(
      /rest: expected at least one/,
    );
  });
});
