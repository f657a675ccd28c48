import { describe, expect, test } from 'vitest';
import { lowerLipEdge, pictureFrame } from '@soliloquy/face';
import { regionIndex } from '@soliloquy/gaussian-cloud';
import { alphaOf, rgbOf } from '@soliloquy/media';
import type { Camera } from '@soliloquy/ports';
import { compareArrays, paintedPerson, seededRandom, WHOLE_PERSON } from '@soliloquy/testing';
import { distanceToOutside } from '../src/distance-transform.ts';
import { eyelids, withEyesBack } from '../src/eyelids.ts';
import { gaussiansFromSeeds, unproject } from '../src/gaussian-list.ts';
import { backingLayer, mouthInterior, type Lifted } from '../src/hidden-layers.ts';
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
      const seeds = backingLayer(lifted, withEyesBack(lifted), inside, 400);
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
      const seeds = backingLayer(lifted, withEyesBack(lifted), inside, 400);
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

  describe('lids', () => {
    const seeds = eyelids(lifted);
    const setBack = withEyesBack(lifted);
    const eyes = (['left', 'right'] as const).map((side) => ({
      region: regionIndex(`${side}Eyelid`),
      ...lifted.frame.point(`${side}Eye`)!,
      top: lifted.frame.point(`${side}EyeTop`)!.y,
      bottom: lifted.frame.point(`${side}EyeBottom`)!.y,
    }));

    test('lie behind the skin above each eye, each of its own side, and leave the eyes free', () => {
      for (const { x, y, z, region } of seeds) {
        expect(z).toBeGreaterThan(surfaceAt(x, y));
        expect(z).toBeLessThan(surfaceAt(x, y) + 0.1);
        expect(region).toBe(regionIndex(x > 64 ? 'leftEyelid' : 'rightEyelid'));
        expect(y).toBeLessThan(Math.min(...eyes.map(({ top }) => top)));
      }
      for (const { region } of eyes) expect(seeds.some((seed) => seed.region === region)).toBe(true);
    });

    test('come out before the eyes, and are as high as what they are to cover', () => {
      for (const { x, y, top, bottom, region } of eyes) {
        const middle = Math.floor(x) + 0.5;
        const column = seeds.filter((seed) => seed.region === region && Math.abs(seed.x - middle) < 0.31);
        const eye = setBack.depth[Math.floor(y) * WIDTH + Math.floor(x)];
        expect(Math.min(...column.map(({ z }) => z))).toBeLessThan(eye);
        const rows = column.map((seed) => seed.y);
        expect(Math.max(...rows) - Math.min(...rows)).toBeGreaterThan(1.2 * (bottom - top));
      }
    });

    test('are of the colour of the skin, but for the lashes at their edge', () => {
      for (const { x, top, region } of eyes) {
        const column = seeds.filter((seed) => seed.region === region && Math.abs(seed.x - x) < 1);
        const edge = Math.max(...column.map((seed) => seed.y));
        const light = ({ color }: (typeof seeds)[number]): number => color[0] + color[1] + color[2];
        const lashes = column.filter(({ y }) => y === edge).map(light);
        const skin = column.filter(({ y }) => y < edge - 1).map(light);
        expect(Math.max(...lashes)).toBeLessThan(0.5 * Math.min(...skin));
        expect(edge).toBeLessThan(top);
      }
    });

    test('take no brow for skin: a lid under a black one is as light as the cheek', () => {
      const color = lifted.color.slice();
      for (const { x, top, bottom } of eyes)
        for (let y = Math.floor(top - 1.5 * (bottom - top)); y < top - 0.4 * (bottom - top); y++)
          for (let column = x - 8; column < x + 8; column++)
            color.fill(0.05, (y * WIDTH + Math.floor(column)) * 3, (y * WIDTH + Math.floor(column)) * 3 + 3);
      const red = (of: typeof seeds, x: number): number =>
        Math.max(...of.filter((seed) => Math.abs(seed.x - x) < 1).map((seed) => seed.color[0]));
      for (const { x } of eyes) expect(red(eyelids({ ...lifted, color }), x)).toBeGreaterThan(0.7 * red(seeds, x));
    });

    test('nothing but the eyes is set back, and no farther than the second skin', () => {
      setBack.depth.forEach((depth, i) => {
        const [x, y] = [i % WIDTH, Math.floor(i / WIDTH)];
        const isNear = eyes.some((eye) => Math.hypot(x - eye.x, y - eye.y) < 12);
        expect(depth - lifted.depth[i]).toBeGreaterThanOrEqual(0);
        if (!isNear) expect(depth).toBe(lifted.depth[i]);
      });
      for (const { x, y } of eyes) {
        const i = Math.floor(y) * WIDTH + Math.floor(x);
        expect(setBack.depth[i]).toBeGreaterThan(lifted.depth[i]);
      }
    });
  });
});
