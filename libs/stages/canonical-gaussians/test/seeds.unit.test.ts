import { describe, expect, test } from 'vitest';
import { lowerLipEdge, pictureFrame } from '@soliloquy/face';
import { regionIndex } from '@soliloquy/gaussian-cloud';
import { alphaOf, rgbOf } from '@soliloquy/media';
import type { Camera } from '@soliloquy/ports';
import { compareArrays, paintedPerson, seededRandom, WHOLE_PERSON } from '@soliloquy/testing';
import { distanceToOutside } from '../src/distance-transform.ts';
import { gaussiansFromSeeds, unproject } from '../src/gaussian-list.ts';
import { backingLayer, eyelids, mouthInterior, type Lifted } from '../src/hidden-layers.ts';
import { regionsOfPicture } from '../src/regions-of-picture.ts';
import { surfaceDepth } from '../src/surface-depth.ts';

const { width: WIDTH, height: HEIGHT } = WHOLE_PERSON;
const person = paintedPerson();

const focal = 2.5 * HEIGHT;
const camera: Camera = {
  width: WIDTH,
  height: HEIGHT,
  fx: focal,
  fy: focal,
  cx: WIDTH / 2,
  cy: HEIGHT / 2,
  worldToCamera: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
};

describe('gaussiansFromSeeds', () => {
  test('a Gaussian is seen where and as large as its seed says, at any depth', () => {
    const random = seededRandom(2);
    const seeds = Array.from({ length: 20 }, () => ({
      x: WIDTH * random(),
      y: HEIGHT * random(),
      z: 4 + 2 * random(),
      sigma: 0.5 + random(),
      opacity: 0.1 + 0.8 * random(),
      color: [random(), random(), random()] as const,
      region: Math.floor(15 * random()),
    }));
    const gaussians = gaussiansFromSeeds(seeds, camera);
    expect(gaussians.count).toBe(20);
    for (const [n, seed] of seeds.entries()) {
      const [x, y, z] = gaussians.means.subarray(n * 3, n * 3 + 3);
      expect((camera.fx * x) / z + camera.cx).toBeCloseTo(seed.x, 3);
      expect((camera.fy * y) / z + camera.cy).toBeCloseTo(seed.y, 3);
      expect(z).toBeCloseTo(seed.z, 5);
      for (const logScale of gaussians.logScales.subarray(n * 3, n * 3 + 3))
        expect((Math.exp(logScale) * camera.fx) / z).toBeCloseTo(seed.sigma, 4);
      expect(1 / (1 + Math.exp(-gaussians.opacityLogits[n]))).toBeCloseTo(seed.opacity, 5);
      expect(gaussians.regions[n]).toBe(seed.region);
      compareArrays('color', gaussians.colors.subarray(n * 3, n * 3 + 3), seed.color, { absolute: 1e-7 });
      expect([...gaussians.quats.subarray(n * 4, n * 4 + 4)]).toEqual([1, 0, 0, 0]);
    }
  });

  test('the middle of the picture lies on the axis', () => {
    expect(unproject(camera, WIDTH / 2, HEIGHT / 2, 5)).toEqual([0, 0, 5]);
    expect(unproject(camera, WIDTH / 2, 0, 5)[1]).toBeCloseTo(-1, 6);
  });
});

describe('hidden layers', () => {
  const matte = alphaOf(person.image);
  const color = rgbOf(person.image);
  const frame = pictureFrame(person.landmarks, WIDTH);
  const regionAt = regionsOfPicture(frame, lowerLipEdge(color, WIDTH, HEIGHT, frame));
  const inside = distanceToOutside(matte, WIDTH, HEIGHT);
  const depth = surfaceDepth(inside, WIDTH, HEIGHT, regionAt);
  const lifted: Lifted = { width: WIDTH, height: HEIGHT, color, matte, depth, frame, regionAt };
  const surfaceAt = (x: number, y: number): number => depth[Math.floor(y) * WIDTH + Math.floor(x)];

  test(
    'the backing lies behind the surface, inside the outline and takes the colours and regions of what ' +
      'is before it',
    () => {
      const seeds = backingLayer(lifted, inside, 400);
      expect(seeds.length).toBeGreaterThan(300);
      expect(seeds.length).toBeLessThan(450);
      for (const {
        x,
        y,
        z,
        sigma,
        region,
        color: [red, green, blue],
      } of seeds) {
        expect(z).toBeGreaterThan(surfaceAt(x, y));
        expect(2 * sigma).toBeLessThan(inside[Math.floor(y) * WIDTH + Math.floor(x)]);
        expect(region).toBe(regionAt(x, y));
        for (const value of [red, green, blue]) expect(value).toBeGreaterThan(0.1);
      }
    },
  );

  test(
    'the backing leaves the lips free, so that it does not hang into the open mouth, and lies before the ' +
      'inside of it',
    () => {
      const seeds = backingLayer(lifted, inside, 400);
      expect(seeds.filter(({ x, y }) => Math.abs(x - 64) < 4 && Math.abs(y - 49) < 1)).toEqual([]);
      const near = seeds.filter(({ x, y }) => Math.hypot(x - 64, y - 49) < 9);
      expect(near.length).toBeGreaterThan(10);
      const behind = near.map(({ x, y, z }) => z - surfaceAt(x, y));
      expect(Math.max(...behind)).toBeLessThan(
        Math.min(...mouthInterior(lifted).map(({ z }) => z - surfaceAt(64, 49))),
      );
    },
  );

  test('the inside of the mouth lies behind the lips, of its own region: light teeth above, dark below', () => {
    const seeds = mouthInterior(lifted);
    expect(seeds.length).toBeGreaterThan(20);
    for (const { x, y, z, region } of seeds) {
      expect(z).toBeGreaterThan(surfaceAt(64, 49));
      expect(region).toBe(regionIndex('mouthInterior'));
      expect(Math.abs(x - 64)).toBeLessThan(6);
      expect(y).toBeLessThan(60);
    }
    const light = (seed: (typeof seeds)[number]): number => seed.color[0] + seed.color[1] + seed.color[2];
    const teeth = seeds.filter(({ x, y }) => y < 49.5 && Math.abs(x - 64) < 2);
    const throat = seeds.filter(({ y }) => y > 51 && y < 52);
    expect(teeth.length).toBeGreaterThan(0);
    expect(throat.length).toBeGreaterThan(0);
    expect(Math.min(...teeth.map(light))).toBeGreaterThan(2 * Math.max(...throat.map(light)));
  });

  test('lids lie just before the skin above each eye, each of its own side, and leave the eyes free', () => {
    const seeds = eyelids(lifted);
    for (const { x, y, z, region } of seeds) {
      expect(z).toBeLessThan(surfaceAt(x, y));
      expect(z).toBeGreaterThan(surfaceAt(x, y) - 0.05);
      expect(region).toBe(regionIndex(x > 64 ? 'leftEyelid' : 'rightEyelid'));
      expect(y).toBeLessThan(35);
      expect(y).toBeGreaterThan(27);
    }
    expect(seeds.some(({ x }) => x > 64)).toBe(true);
    expect(seeds.some(({ x }) => x < 64)).toBe(true);
  });
});
