import { describe, expect, test } from 'vitest';
import { regionIndex } from '@soliloquy/gaussian-cloud';
import type { Camera } from '@soliloquy/ports';
import { compareArrays, paintedPerson, seededRandom, WHOLE_PERSON } from '@soliloquy/testing';
import { eyelids, withEyesBack } from '../src/eyelids.ts';
import { gaussiansFromSeeds, unproject } from '../src/gaussian-list.ts';
import { backingLayer, behindLimbs, mouthInterior } from '../src/hidden-layers.ts';
import { liftPicture } from '../src/lifted.ts';
import { slopeAt } from '../src/surface-depth.ts';

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

/** R diag(s²) Rᵀ of the first Gaussian, by the definition of a quaternion's matrix. */
function covariance(quats: Float32Array, logScales: Float32Array): number[][] {
  const [w, x, y, z] = quats;
  const rotation = [
    [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
    [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
    [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
  ];
  const squares = [0, 1, 2].map((k) => Math.exp(2 * logScales[k]));
  return rotation.map((a) => rotation.map((b) => squares.reduce((sum, s, k) => sum + s * a[k] * b[k], 0)));
}

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

  test('one on a slope lies in it: seen as round and as large, thin across, and as deep as the slope says', () => {
    for (const slope of [
      [0, 0],
      [0.7, 0],
      [0, -1.5],
      [1.2, 2],
    ] as const) {
      const seed = { x: WIDTH / 2, y: HEIGHT / 2, z: 5, sigma: 2, opacity: 0.9, color: [0, 0, 0], region: 0 } as const;
      const { quats, logScales } = gaussiansFromSeeds([{ ...seed, slope }], camera);
      const cov = covariance(quats, logScales).map((row) => row.map((value) => value * (camera.fx / 5) ** 2));
      // In f64: Σ = σ² J Jᵀ + t² n nᵀ with J = [[1, 0], [0, 1], slope], σ = 2 pixels and a thickness t of half as much.
      const steep = 1 + slope[0] ** 2 + slope[1] ** 2;
      const rows = [[1, 0], [0, 1], slope];
      const normal = [-slope[0], -slope[1], 1].map((value) => value / Math.sqrt(steep));
      for (const [i, a] of rows.entries())
        for (const [j, b] of rows.entries())
          expect(cov[i][j]).toBeCloseTo(4 * (a[0] * b[0] + a[1] * b[1]) + normal[i] * normal[j], 3);
    }
  });

  test('the middle of the picture lies on the axis', () => {
    expect(unproject(camera, WIDTH / 2, HEIGHT / 2, 5)).toEqual([0, 0, 5]);
    expect(unproject(camera, WIDTH / 2, 0, 5)[1]).toBeCloseTo(-1, 6);
  });
});

describe('hidden layers', () => {
  const lifted = liftPicture(person.image, person.landmarks);
  const { depth, regionAt } = lifted;
  const { inside } = lifted.person;
  const surfaceAt = (x: number, y: number): number => depth[Math.floor(y) * WIDTH + Math.floor(x)];

  test(
    'the backing lies behind the surface, inside the outline and takes the colours and regions of what ' +
      'is before it',
    () => {
      const seeds = backingLayer(lifted, withEyesBack(lifted), 400);
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
      const seeds = backingLayer(lifted, withEyesBack(lifted), 400);
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

describe('what limbs hide', () => {
  const lifted = liftPicture(person.image, person.landmarks);
  const { layers, top } = lifted.person;

  test('an arm that is before the trunk is nearer than what it hides, and the trunk goes on behind it', () => {
    const arm = layers.findIndex(({ regionAt }, k) => k > 0 && regionAt(93, 100) === regionIndex('leftForearm'));
    expect(arm).toBeGreaterThan(0);
    let hidden = 0;
    top.forEach((k, i) => {
      if (k === 0 || layers[0].rgba[4 * i + 3] < 200 || layers[k].shown[i] < 0.9) return;
      const region = layers[k].regionAt(i % WIDTH, Math.floor(i / WIDTH));
      if (region === regionIndex('leftShoulder') || region === regionIndex('rightShoulder')) return;
      hidden++;
      expect(layers[k].depth[i]).toBeLessThan(layers[0].depth[i]);
    });
    const seeds = behindLimbs(lifted, 0.5);
    expect(hidden).toBeGreaterThan(20);
    expect(seeds.length).toBeGreaterThan(5);
    for (const { region, z } of seeds) {
      expect(z).toBeLessThanOrEqual(5);
      expect(region).not.toBe(regionIndex('leftHand'));
    }
  });

  test('a slope is that of the surface, and no edge is one', () => {
    const [w, h] = [40, 20];
    const pixel = 2 / h;
    const depth = Float32Array.from({ length: w * h }, (_, i) => {
      const [x, y] = [i % w, Math.floor(i / w)];
      return 5 + pixel * (x < 20 ? 0.5 * x - 0.25 * y : -40);
    });
    for (const at of [5 * w + 7, 9 * w + 19]) {
      const [right, down] = slopeAt(depth, w, h, at);
      expect(right).toBeCloseTo(0.5, 3);
      expect(down).toBeCloseTo(-0.25, 3);
    }
  });
});
