import { describe, expect, it } from 'vitest';
import type { Image } from '@soliloquy/media';
import { FACE_MIRROR } from '../src/face-mirror.ts';
import type { Hand } from '../src/hand.ts';
import { dropDoubledHand } from '../src/hands-apart.ts';
import { maskOver, matteSeeds } from '../src/person-mask.ts';
import { Picture } from '../src/picture.ts';
import { HAND_POINTS } from '../src/point.ts';
import { boundsOf, squareAt, squared, toPicture, toRegion, turnedSo } from '../src/region.ts';
import { canonicalFace } from './canonical-face.ts';

/** Red rises to the right, green downwards: a quarter of a step a pixel. */
function ramp(width: number, height: number): Image {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < width * height; i++)
    data.set([20 + (i % width) / 4, 30 + Math.floor(i / width) / 4, 77, 255].map(Math.round), 4 * i);
  return { width, height, data };
}

describe('a region', () => {
  const region = { x: 50, y: 40, width: 30, height: 20, angle: 0.6 };

  it('there and back', () => {
    const place = toPicture(region, 0.2, 0.9);
    const [u, v] = toRegion(region, place);
    expect(u).toBeCloseTo(0.2, 12);
    expect(v).toBeCloseTo(0.9, 12);
  });

  it('is turned so that a way points where it is to', () => {
    const [from, to] = [
      [10, 10],
      [13, 14],
    ] as const;
    const up = squareAt(from, 10, turnedSo(from, to, 'up'));
    const [u, v] = toRegion(up, to);
    expect(u).toBeCloseTo(0.5, 12);
    expect(v).toBeCloseTo(0, 12);
  });

  it('of places holds them all and no more; its square moves along its own height', () => {
    const places = [
      [0, 0],
      [10, 0],
      [4, 7],
      [3, -2],
    ] as const;
    const bounds = boundsOf(places, 0.3);
    const local = places.map((place) => toRegion(bounds, place));
    for (const axis of [0, 1]) {
      expect(Math.min(...local.map((place) => place[axis]))).toBeCloseTo(0, 12);
      expect(Math.max(...local.map((place) => place[axis]))).toBeCloseTo(1, 12);
    }
    const moved = squared(region, 2, -0.5);
    expect(moved.width).toBe(60);
    expect(toRegion(region, [moved.x, moved.y])[1]).toBeCloseTo(0, 12);
  });
});

describe('a crop', () => {
  const picture = new Picture(ramp(200, 160));
  const options = { size: 32, range: [0, 255], border: 'edge' } as const;

  it.each([0.7, 1, 1.6, 2.5, 3.9])('%f pixels a pixel, turned: each shows its place', (scale) => {
    const region = squareAt([100, 80], 32 * scale, 0.4);
    const crop = picture.crop(region, options);
    for (let i = 0; i < 32 * 32; i += 7) {
      const [x, y] = toPicture(region, ((i % 32) + 0.5) / 32, (Math.floor(i / 32) + 0.5) / 32);
      // Colours of the picture, and those of its halves, are rounded.
      expect(Math.abs(crop[3 * i] - (20 + (x - 0.5) / 4))).toBeLessThan(1.05);
      expect(Math.abs(crop[3 * i + 1] - (30 + (y - 0.5) / 4))).toBeLessThan(1.05);
      expect(crop[3 * i + 2]).toBeCloseTo(77, 4);
    }
  });

  it('mirrored is the same with its columns in the other order', () => {
    const region = squareAt([90, 70], 50, 0.2);
    const straight = picture.crop(region, options);
    const mirrored = picture.crop(region, { ...options, mirrored: true });
    for (let i = 0; i < straight.length; i++) {
      const [k, column, row] = [i % 3, Math.floor(i / 3) % 32, Math.floor(i / 96)];
      expect(mirrored[i]).toBeCloseTo(straight[3 * (32 * row + 31 - column) + k], 3);
    }
  });

  it('outside the picture is black, or its edge', () => {
    const region = squareAt([0, 80], 32);
    const black = picture.crop(region, { ...options, range: [-1, 1], border: 'black' });
    const edge = picture.crop(region, options);
    expect(Array.from(black.subarray(0, 3))).toEqual([-1, -1, -1]);
    expect(edge[0]).toBe(20);
  });

  it('halves until a dot is seen in no crop that shows it less than its share', () => {
    const dot = { width: 256, height: 256, data: new Uint8ClampedArray(256 * 256 * 4).fill(0) };
    for (let i = 3; i < dot.data.length; i += 4) dot.data[i] = 255;
    dot.data[4 * (133 * 256 + 90)] = 255;
    const crop = new Picture(dot).crop(squareAt([128, 128], 256), { ...options, size: 16 });
    const total = crop.reduce((sum, value) => sum + value, 0);
    expect(total).toBeGreaterThan(0.5);
    expect(total).toBeLessThan(2);
  });

  it('clear places are grey', () => {
    const clear = { width: 4, height: 4, data: new Uint8ClampedArray(64) };
    const crop = new Picture(clear).crop(squareAt([2, 2], 4), { ...options, size: 4 });
    expect(new Set(crop)).toEqual(new Set([128]));
  });
});

describe('masks', () => {
  const left = Float32Array.from({ length: 256 * 256 }, (_, i) => (i % 256 < 128 ? 1 : 0));

  it('lie over the picture where their region is', () => {
    const region = { x: 20, y: 10, width: 20, height: 20, angle: Math.PI / 2 };
    const over = maskOver({ region, coverage: left }, { width: 40, height: 20 });
    // Turned by a quarter its left is the picture's top.
    expect(over[5 * 40 + 20]).toBeCloseTo(1, 5);
    expect(over[15 * 40 + 20]).toBeCloseTo(0, 5);
    expect(over[5 * 40 + 5]).toBe(0);
  });

  it('seeds are where both agree', () => {
    const whole = { x: 10, y: 10, width: 20, height: 20, angle: 0 };
    const half = { region: whole, coverage: left };
    const all = { region: whole, coverage: new Float32Array(256 * 256).fill(1) };
    const none = { region: whole, coverage: new Float32Array(256 * 256) };
    const seeds = (a: typeof half, b: typeof half): number[] => {
      const made = matteSeeds({ body: a, people: b }, { width: 20, height: 20 });
      return [made[10 * 20 + 4], made[10 * 20 + 15]];
    };
    expect(seeds(half, all)).toEqual([1, 0]);
    expect(seeds(half, none)).toEqual([0, 2]);
    expect(seeds(half, half)).toEqual([1, 2]);
  });
});

describe('one hand found twice', () => {
  const hand = (x: number, rightness: number, presence = 0.9): Hand => ({
    presence,
    rightness,
    points: HAND_POINTS.map((_, i) => ({ x: x + i, y: 2 * i, z: 0, confidence: presence })),
    world: new Float32Array(63),
    region: squareAt([x, 0], 50),
  });

  it('stays with the side that it looks like', () => {
    expect(Object.keys(dropDoubledHand({ left: hand(0, 0.9), right: hand(1, 0.8) }))).toEqual(['right']);
    expect(Object.keys(dropDoubledHand({ left: hand(0, 0.1), right: hand(1, 0.2) }))).toEqual(['left']);
  });

  it('two hands stay two', () => {
    expect(Object.keys(dropDoubledHand({ left: hand(0, 0.1), right: hand(40, 0.2) }))).toEqual(['left', 'right']);
    expect(Object.keys(dropDoubledHand({ left: hand(0, 0.1) }))).toEqual(['left']);
  });
});

describe('the mirrored mesh', () => {
  it("is the one of MediaPipe's canonical face", async () => {
    const vertices = await canonicalFace();
    expect(vertices).toHaveLength(468);
    vertices.forEach(([x, y, z], i) => {
      const [u, v, w] = vertices[FACE_MIRROR[i]];
      expect(Math.hypot(x + u, y - v, z - w), `point ${i}`).toBeLessThan(1e-5);
    });
  });

  it('mirrored again is itself', () => {
    expect(FACE_MIRROR.map((other) => FACE_MIRROR[other])).toEqual(FACE_MIRROR.map((_, i) => i));
  });
});
