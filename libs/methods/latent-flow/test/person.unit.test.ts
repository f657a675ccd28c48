import { describe, expect, it } from 'vitest';
import { bodyLayers } from '@soliloquy/body-layers';
import type { Landmarks } from '@soliloquy/ports';
import { armsView, paintedPerson, seededRandom } from '@soliloquy/testing';
import { canonicalPoints, filmView, fromTokens, personPlan, POINT_PARTS, tokenLayout, toTokens } from '../src/index.ts';

const person = paintedPerson(armsView(384));
const { width, height } = person.image;
const points = canonicalPoints(person.landmarks, width, height);

describe('canonical points', () => {
  it('are the same 93 on every person, each on its part', () => {
    expect(points.count).toBe(93);
    const counts = POINT_PARTS.map((_, p) => points.parts.filter((part) => part === p).length);
    expect(counts).toEqual([20, 8, 8, 8, 8, 22, 7, 7, 5]);
    for (let q = 0; q < points.count; q++) {
      if (points.visibility[q] === 0) continue;
      const [x, y] = [points.positions[2 * q], points.positions[2 * q + 1]];
      expect(person.image.data[4 * (Math.floor(y) * width + Math.floor(x)) + 3]).toBeGreaterThan(0);
    }
  });

  it('scale with the film', () => {
    const half = canonicalPoints(person.landmarks, width / 2, height / 2);
    expect(half.unit).toBeCloseTo(points.unit / 2, 4);
    half.positions.forEach((value, i) => expect(value).toBeCloseTo(points.positions[i] / 2, 3));
  });

  it('of a hand that is not seen are not visible, nor is what is out of the frame', () => {
    const unseen: Landmarks = { ...person.landmarks, hands: {} };
    const { parts, visibility } = canonicalPoints(unseen, width, height);
    parts.forEach((part, q) => {
      if (POINT_PARTS[part].endsWith('Hand')) expect(visibility[q]).toBe(0);
    });
    const cut = canonicalPoints({ ...person.landmarks, height: 200 }, width, 200);
    cut.visibility.forEach((seen, q) => expect(seen).toBe(cut.positions[2 * q + 1] <= 199 ? seen : 0));
  });
});

describe('tokens', () => {
  const layout = tokenLayout(points);
  const random = seededRandom(9);
  const tracks = Float32Array.from({ length: 3 * points.positions.length }, (_, i) => {
    return points.positions[i % points.positions.length] + 6 * random() - 3;
  });

  it('give the tracks back of all points that are seen', () => {
    const back = fromTokens(points, layout, toTokens(points, layout, tracks));
    back.forEach((value, i) => {
      const q = (i % points.positions.length) >> 1;
      expect(value).toBeCloseTo(points.visibility[q] > 0 ? tracks[i] : points.positions[2 * q + (i % 2)], 3);
    });
  });

  it('of a head that moves as a whole are its carrier alone', () => {
    const moved = points.positions.map((value, i) => {
      const part = POINT_PARTS[points.parts[i >> 1]];
      return value + (['head', 'upperLip', 'lowerLip', 'jaw'].includes(part) ? (i % 2 === 0 ? 5 : -2) : 0);
    });
    const tokens = toTokens(points, layout, moved);
    const { from } = layout.ranges.find(({ part }) => part === 'head')!;
    expect(tokens[from]).toBeCloseTo(5 / points.unit, 5);
    expect(tokens[from + 1]).toBeCloseTo(-2 / points.unit, 5);
    tokens.forEach((value, i) => {
      if (i !== from && i !== from + 1) expect(value).toBeCloseTo(0, 4);
    });
  });
});

describe('the plan of a tracker', () => {
  const taken = bodyLayers(person.image, person.landmarks);
  const plan = personPlan(person.landmarks, taken, points);

  it('has every point once, on a piece that is known by pixels of its own', () => {
    expect([...plan.order].sort((a, b) => a - b)).toEqual([...Array(points.count).keys()]);
    expect(plan.names).toEqual(expect.arrayContaining(['torso', 'head', 'jaw', 'leftUpperArm', 'rightHand']));
    plan.pieces.forEach(({ samples, carrier }, i) => {
      expect(samples.length, plan.names[i]).toBeGreaterThan(100);
      expect(carrier ?? -1).toBeLessThan(i);
    });
    const seen = new Map<string, string>();
    plan.pieces.forEach(({ samples }, i) => {
      for (let s = 0; s < samples.length; s += 2) {
        const key = `${samples[s]} ${samples[s + 1]}`;
        if (!['head', 'jaw'].includes(plan.names[i])) expect(seen.get(key)).toBeUndefined();
        seen.set(key, plan.names[i]);
      }
    });
  });

  it('lets an arm go with the torso that is not taken off', () => {
    const whole = personPlan(person.landmarks, bodyLayers(person.image, person.landmarks, []), points);
    expect(whole.names).toEqual(['torso', 'head', 'jaw']);
    expect([...whole.order].sort((a, b) => a - b)).toEqual([...Array(points.count).keys()]);
  });
});

describe('a view of a film', () => {
  const film = { width: 12, height: 8 };
  const random = seededRandom(4);
  const rgba = Uint8ClampedArray.from({ length: 4 * 12 * 8 }, () => 255 * random());
  const at = (x: number, y: number, c: number): number => {
    const [column, row] = [Math.min(11, Math.max(0, x)), Math.min(7, Math.max(0, y))];
    return rgba[4 * (row * 12 + column) + c] / 255;
  };

  it('has the mean of what each of its pixels covers, and repeats the border', () => {
    const box = { left: -1.5, top: 1.25, width: 9, height: 7.5 };
    const view = filmView(film, box, { width: 4, height: 3 });
    const seen = new Float32Array(4 * 3 * 3);
    view.take(rgba, seen);
    const fine = 160;
    for (let y = 0; y < 3; y++)
      for (let x = 0; x < 4; x++)
        for (let c = 0; c < 3; c++) {
          let sum = 0;
          for (let j = 0; j < fine; j++)
            for (let i = 0; i < fine; i++) {
              const px = box.left + ((x + (i + 0.5) / fine) * box.width) / 4;
              const py = box.top + ((y + (j + 0.5) / fine) * box.height) / 3;
              sum += at(Math.floor(px), Math.floor(py), c) / fine ** 2;
            }
          expect(seen[3 * (y * 4 + x) + c]).toBeCloseTo(sum, 2);
        }
  });
});
