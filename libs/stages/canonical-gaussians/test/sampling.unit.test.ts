import { describe, expect, test } from 'vitest';
import { pictureFrame } from '@soliloquy/face';
import { paintedPerson, seededRandom, WHOLE_PERSON } from '@soliloquy/testing';
import { distanceToOutside } from '../src/distance-transform.ts';
import { saliency } from '../src/saliency.ts';
import { stipple } from '../src/stipple.ts';

const { width: WIDTH, height: HEIGHT } = WHOLE_PERSON;
const person = paintedPerson();

describe('stipple', () => {
  const flat = (density: number): Float32Array => new Float32Array(64 * 64).fill(density);

  test.each([0.03, 0.1, 0.37, 0.5, 0.9])('of a density of %f there are that many points a pixel', (density) => {
    expect(Math.abs(stipple(flat(density), 64, 64).length / (64 * 64) - density)).toBeLessThan(0.006);
  });

  test('a slope of density is followed along it', () => {
    const slope = Float32Array.from({ length: 64 * 64 }, (_, i) => ((i % 64) / 64) * 0.8);
    const points = stipple(slope, 64, 64);
    for (let band = 0; band < 4; band++) {
      const inBand = (i: number): boolean => Math.floor((i % 64) / 16) === band;
      const wanted = slope.reduce((sum, value, i) => sum + (inBand(i) ? value : 0), 0);
      expect(Math.abs(points.filter(inBand).length - wanted)).toBeLessThan(0.05 * wanted + 8);
    }
  });

  test(
    'points are spread more evenly than a random draw: counts of 8 x 8 pixels vary less than a Poisson ' + 'process',
    () => {
      const points = stipple(flat(0.2), 64, 64);
      const counts = new Array<number>(64).fill(0);
      for (const i of points) counts[Math.floor(i / 64 / 8) * 8 + Math.floor((i % 64) / 8)]++;
      const mean = counts.reduce((sum, each) => sum + each, 0) / 64;
      const variance = counts.reduce((sum, each) => sum + (each - mean) ** 2, 0) / 64;
      expect(variance).toBeLessThan(0.1 * mean);
    },
  );

  test('each point is there once, none where the density is zero, and the same map gives the same points', () => {
    const random = seededRandom(8);
    const map = Float32Array.from({ length: 50 * 40 }, (_, i) => (i % 50 < 20 ? 0 : random()));
    const points = stipple(map, 50, 40);
    expect(new Set(points).size).toBe(points.length);
    expect([...points].every((i) => map[i] > 0)).toBe(true);
    expect(stipple(map, 50, 40)).toEqual(points);
    expect(map[49]).toBeGreaterThan(0); // the map itself is left alone
  });
});

describe('distanceToOutside', () => {
  test('is within the chamfer error (9 %) of the true distance, and never below it', () => {
    const random = seededRandom(5);
    const [width, height] = [40, 30];
    const inside = new Float32Array(width * height).fill(1);
    for (let k = 0; k < 12; k++) inside[Math.floor(random() * inside.length)] = 0;
    const distance = distanceToOutside(inside, width, height);
    for (let i = 0; i < inside.length; i++) {
      let exact = Infinity;
      for (let j = 0; j < inside.length; j++)
        if (inside[j] === 0)
          exact = Math.min(exact, Math.hypot((i % width) - (j % width), Math.floor(i / width) - Math.floor(j / width)));
      expect(distance[i]).toBeGreaterThanOrEqual(exact - 1e-4);
      expect(distance[i]).toBeLessThanOrEqual(1.09 * exact + 1e-4);
    }
  });

  test('a person that the frame cuts goes on beyond it', () => {
    // inside below row 3, down to the lower edge: the last row is the deepest
    const inside = Float32Array.from({ length: 10 * 10 }, (_, i) => (i >= 30 ? 1 : 0));
    const distance = distanceToOutside(inside, 10, 10);
    expect(distance[95]).toBe(7);
    expect(distance[30]).toBe(1);
    expect(distance[29]).toBe(0);
  });
});

describe('saliency', () => {
  const frame = pictureFrame(person.landmarks, WIDTH);
  const grey = new Float32Array(WIDTH * HEIGHT * 3).fill(0.5);
  const matte = new Float32Array(WIDTH * HEIGHT).fill(1);
  const at = (map: Float32Array, x: number, y: number): number => map[y * WIDTH + x];
  const total = (map: Float32Array): number => map.reduce((sum, value) => sum + value, 0);

  test.each([500, 3000, 9000])('of %i Gaussians the map holds that many', (count) => {
    expect(
      total(saliency({ width: WIDTH, height: HEIGHT, color: grey, matte, frame }, { count, faceDensity: 5 })),
    ).toBeCloseTo(count, -1);
  });

  test('more than there is room for fills every pixel', () => {
    expect(
      Math.max(
        ...saliency({ width: WIDTH, height: HEIGHT, color: grey, matte, frame }, { count: 100_000, faceDensity: 5 }),
      ),
    ).toBeCloseTo(0.9, 6);
  });

  test(
    'on a flat picture the face has faceDensity as many as clothes, mouth and eyes twice that, hands ' +
      'twice as many',
    () => {
      const map = saliency({ width: WIDTH, height: HEIGHT, color: grey, matte, frame }, { count: 500, faceDensity: 4 });
      const clothes = at(map, 64, 100);
      expect(at(map, 64, 41) / clothes).toBeCloseTo(4, 4);
      for (const [x, y] of [
        [64, 49],
        [71, 35],
        [57, 35],
      ])
        expect(at(map, x, y) / clothes).toBeCloseTo(8, 4);
      for (const x of [96, 32]) expect(at(map, x, 128) / clothes).toBeCloseTo(2, 4);
    },
  );

  test('edges have more than flat cloth', () => {
    const edge = grey.map((value, i) => (Math.floor(i / 3 / WIDTH) < 100 ? value : 1));
    const map = saliency(
      { width: WIDTH, height: HEIGHT, color: edge, matte: matte, frame },
      { count: 500, faceDensity: 4 },
    );
    expect(at(map, 64, 100)).toBeGreaterThan(2 * at(map, 64, 110));
  });

  test('nothing is put outside the matte', () => {
    const half = matte.map((_, i) => (i % WIDTH < 64 ? 1 : 0.2));
    const map = saliency(
      { width: WIDTH, height: HEIGHT, color: grey, matte: half, frame },
      { count: 500, faceDensity: 4 },
    );
    expect(map.every((value, i) => i % WIDTH < 64 || value === 0)).toBe(true);
    expect(total(map)).toBeCloseTo(500, -1);
  });
});
