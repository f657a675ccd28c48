import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  allocateDeformed,
  carryGaussians,
  completeMotion,
  createParticleRig,
  PART_OF_REGION,
  type ParticlePose,
} from '@soliloquy/gaussian-cloud';
import { openRasterizer, type DeviceRasterizer } from '@soliloquy/splat';
import { compareArrays, seededRandom } from '@soliloquy/testing';
import { body } from '../bench/moving-body.ts';
import { coarseOpacity } from '../src/coarse-opacity.ts';
import { FrameFitter, type TargetFrame } from '../src/fit-frame.ts';
import { wholeView } from '../src/views.ts';
import { solveDense } from './solve-dense.ts';

const gaussians = body(120, 48);
const rig = createParticleRig(gaussians, 30);
const { particles: P, neighbours: K } = rig;
const N = gaussians.count;
/** The first view is the unit of pixels; the second has three of its pixels for two. */
const views = [wholeView(gaussians.camera, 32, 48), wholeView(gaussians.camera, 48, 72)];
const sizeOf = (view: number): number => views[view].camera.width * views[view].camera.height;
const pixelsOf = (p: number): number => views[0].camera.fx / rig.positions[p * 3 + 2];
const random = seededRandom(5);
const backgrounds = views.map((_, view) => Float32Array.from({ length: sizeOf(view) * 3 }, () => 0.5 + 0.1 * random()));
const still = (): Float32Array => new Float32Array(P * 3);

let rasterizer: DeviceRasterizer;
let fitter: FrameFitter;
beforeAll(async () => {
  rasterizer = await openRasterizer({ device: 'cpu', threads: 1 });
});
beforeEach(() => {
  fitter = new FrameFitter(gaussians, rig, rasterizer, views, backgrounds);
});
afterAll(() => rasterizer.dispose());

/** The picture of a view, with other colours, or with the particles elsewhere and not turned. */
async function picture(view: number, colors: Float32Array, background: Float32Array, shifts = still()) {
  const deformed = allocateDeformed(gaussians);
  const pose: ParticlePose = {
    translations: shifts,
    rotations: Float32Array.from({ length: P * 4 }, (_, i) => (i % 4 === 0 ? 1 : 0)),
    logScaleOffsets: still(),
  };
  carryGaussians(gaussians, rig, pose, deformed);
  const { camera } = views[view];
  const opacityLogits = coarseOpacity(gaussians, camera);
  const { color } = await rasterizer.render({ ...deformed, opacityLogits, colors }, camera, background);
  return color.slice();
}

/** How much a pixel counts: where the clip has the person, and where Gaussians at rest show one; f64 [H, W]. */
async function countOf(view: number, { mask }: TargetFrame): Promise<Float64Array> {
  const covered = await picture(view, new Float32Array(N * 3).fill(1), new Float32Array(sizeOf(view) * 3));
  return Float64Array.from(mask, (value, i) => Math.max(value, covered[i * 3]));
}

/** Targets: what is shown where particles are, a little off; a corner does not count, and one column counts half. */
async function targetsOf(shifts = still()): Promise<TargetFrame[]> {
  return Promise.all(
    views.map(async ({ camera: { width } }, view) => ({
      color: (await picture(view, gaussians.colors, backgrounds[view], shifts)).map(
        (value, i) => value + 0.15 * Math.sin(0.7 * i + 0.02 * (i % width)),
      ),
      mask: Float32Array.from({ length: sizeOf(view) }, (_, i) =>
        i % width < 9 && i < 12 * width ? 0 : i % width === 20 ? 0.5 : 1,
      ),
    })),
  );
}

describe('JᵀJ of the picture', () => {
  /** Σ_c ∇∇ᵀ at each pixel that is not on the border: mean of both pictures, weighted by the robust loss. */
  function structureReference(view: number, shown: Float32Array, color: Float32Array, count: Float64Array): number[][] {
    const { width, height } = views[view].camera;
    return Array.from({ length: sizeOf(view) }, (_, i) => {
      const [x, y] = [i % width, Math.floor(i / width)];
      if (x === 0 || y === 0 || x === width - 1 || y === height - 1) return [0, 0, 0];
      let [xx, xy, yy, squares] = [0, 0, 0, 0];
      for (let c = 0; c < 3; c++) {
        squares += (shown[i * 3 + c] - color[i * 3 + c]) ** 2;
        for (const of of [shown, color]) {
          const at = (dx: number, dy: number): number => of[(i + dx + dy * width) * 3 + c];
          const here = at(0, 0);
          xx += ((at(1, 0) - here) ** 2 + (here - at(-1, 0)) ** 2) / 4;
          yy += ((at(0, 1) - here) ** 2 + (here - at(0, -1)) ** 2) / 4;
          xy += (((at(1, 0) - at(-1, 0)) / 2) * ((at(0, 1) - at(0, -1)) / 2)) / 2;
        }
      }
      const robust = count[i] / Math.sqrt(squares / 3 + 0.1 ** 2);
      return [xx, xy, yy].map((value) => robust * value);
    });
  }

  /** What each Gaussian has of every pixel, [N][H·W]: its colour is 1 and all else is black. */
  async function weightsIn(view: number): Promise<number[][]> {
    const out: number[][] = [];
    for (let first = 0; first < N; first += 3) {
      const colors = new Float32Array(N * 3);
      for (let c = 0; c < 3 && first + c < N; c++) colors[(first + c) * 3 + c] = 1;
      const shown = await picture(view, colors, new Float32Array(sizeOf(view) * 3));
      for (let c = 0; c < 3 && first + c < N; c++)
        out.push(Array.from({ length: sizeOf(view) }, (_, i) => shown[i * 3 + c]));
    }
    return out;
  }

  test('shares each pixel out among its Gaussians, and theirs among their particles', async () => {
    const targets = await targetsOf();
    const diagonal = new Float64Array(P * 3);
    const blocks = new Map<string, number[]>();
    for (const [view, target] of targets.entries()) {
      const shown = await picture(view, gaussians.colors, backgrounds[view]);
      const tensor = structureReference(view, shown, target.color, await countOf(view, target));
      const weights = await weightsIn(view);
      const factor = views[view].camera.fx / views[0].camera.fx;
      const covered = tensor.map((_, i) => weights.reduce((sum, of) => sum + of[i], 0));
      for (let n = 0; n < N; n++) {
        const own = [0, 1, 2].map((k) =>
          tensor.reduce((sum, at, i) => sum + (weights[n][i] * at[k]) / Math.max(0.05, covered[i]), 0),
        );
        for (let i = 0; i < K; i++)
          for (let j = i; j < K; j++) {
            const [a, b] = [rig.indices[n * K + i], rig.indices[n * K + j]];
            const w = rig.weights[n * K + i] * rig.weights[n * K + j] * factor;
            if (i === j) own.forEach((value, k) => (diagonal[a * 3 + k] += w * value));
            else if (w !== 0) {
              const key = `${Math.min(a, b)} ${Math.max(a, b)}`;
              blocks.set(
                key,
                own.map((value, k) => (blocks.get(key)?.[k] ?? 0) + w * value),
              );
            }
          }
      }
    }
    const { curvature: made } = await fitter.step(still(), targets, still(), { stiffness: { rigidity: 1, anchor: 1 } });
    const most = Math.max(...diagonal);
    compareArrays('diagonal', made.diagonal, diagonal, { absolute: 1e-4 * most });
    // Which pair a block is of is not told: they are compared by size.
    const sorted = (values: readonly (readonly number[])[]): number[] =>
      values
        .filter((block) => block.some((value) => value !== 0))
        .toSorted((a, b) => a[0] - b[0])
        .flat();
    const got = Array.from({ length: made.blocks.length / 3 }, (_, pair) => [
      ...made.blocks.subarray(pair * 3, pair * 3 + 3),
    ]);
    compareArrays('blocks', sorted(got), sorted([...blocks.values()]), { absolute: 1e-4 * most });
  });

  test('of an earlier step is used as it is', async () => {
    const targets = await targetsOf();
    const [first, again, other] = [still(), still(), still()];
    const stiffness = { rigidity: 1, anchor: 0.1 };
    const { curvature: made } = await fitter.step(first, targets, still(), { stiffness });
    fitter.begin();
    expect((await fitter.step(again, targets, still(), { stiffness, curvature: made })).curvature).toBe(made);
    expect(again).toEqual(first);
    const stiffer = { diagonal: made.diagonal.map((value) => 100 * value), blocks: made.blocks };
    fitter.begin();
    await fitter.step(other, targets, still(), { stiffness, curvature: stiffer });
    expect(Math.hypot(...other)).toBeLessThan(0.5 * Math.hypot(...first));
  });
});

test('a step of the face alone moves no other particle, and the face as the finer view says', async () => {
  const targets = await targetsOf(still().map((_, i) => (i % 3 === 0 ? 1.2 / pixelsOf(Math.floor(i / 3)) : 0)));
  const stiffness = { rigidity: 0.01, anchor: 0.02 };
  const { curvature } = await fitter.step(still(), targets, still(), { stiffness });
  fitter.begin();
  const moved = still();
  const black = { ...targets[0], color: new Float32Array(targets[0].color.length) };
  await fitter.step(moved, [black, targets[1]], still(), { stiffness, curvature, faceOnly: true });
  const face = [...rig.regions.keys()].filter((p) => PART_OF_REGION[rig.regions[p]] === 'face');
  expect(face.length).toBeGreaterThan(3);
  expect(face.length).toBeLessThan(P);
  const pixels = Array.from({ length: P }, (_, p) => moved[p * 3] * pixelsOf(p));
  expect(face.reduce((sum, p) => sum + pixels[p], 0) / face.length).toBeGreaterThan(0.1);
  for (let p = 0; p < P; p++) if (!face.includes(p)) expect(Math.abs(pixels[p])).toBeLessThan(1e-3);
});

test('the slope of the picture is that of √(r² + ε²) over the pixels that count, by central differences', async () => {
  const away = still();
  for (let p = 0; p < P; p++)
    away.set([(1 + 0.5 * Math.sin(p)) / pixelsOf(p), (-0.7 + 0.5 * Math.cos(p)) / pixelsOf(p)], p * 3);
  const targets = await targetsOf(away);
  const counts = await Promise.all(targets.map((target, view) => countOf(view, target)));
  const loss = async (shifts: Float32Array): Promise<number> => {
    let sum = 0;
    for (const [view, { color }] of targets.entries()) {
      const shown = await picture(view, gaussians.colors, backgrounds[view], shifts);
      for (let i = 0; i < sizeOf(view); i++) {
        const squares = [0, 1, 2].reduce((total, c) => total + (shown[i * 3 + c] - color[i * 3 + c]) ** 2, 0);
        // The slope is by pixels of its own view: a particle's pixel is 1.5 of the second view's.
        sum += (3 * counts[view][i] * Math.sqrt(squares / 3 + 0.01) * views[0].camera.fx) / views[view].camera.fx;
      }
    }
    return sum;
  };
  // An anchor so strong that the step is the slope over it.
  const pull = 1e7;
  const moved = still();
  await fitter.step(moved, targets, still(), { stiffness: { rigidity: 1, anchor: pull } });
  const slopes: number[][] = [[], []];
  for (let p = 0; p < P; p += 3)
    for (const axis of [0, 1]) {
      const h = 0.1 / pixelsOf(p);
      const [up, down] = [still(), still()];
      up[p * 3 + axis] = h;
      down[p * 3 + axis] = -h;
      slopes[0].push(((await loss(up)) - (await loss(down))) / 0.2);
      slopes[1].push(-moved[p * 3 + axis] * pixelsOf(p) * pull);
    }
  const size = Math.sqrt(slopes[0].reduce((sum, value) => sum + value * value, 0) / slopes[0].length);
  compareArrays('slope', slopes[1], slopes[0], { absolute: 0.05 * size });
  for (let p = 0; p < P; p++) expect(moved[p * 3 + 2]).toBe(0);
});

test('a person where the clip shows none any more is drawn to where it does', async () => {
  // The clip shows the background, but for the right half, in which the person is as it was.
  const targets = await Promise.all(
    views.map(async ({ camera: { width } }, view) => {
      const here = await picture(view, gaussians.colors, backgrounds[view]);
      const right = (i: number): boolean => i % width >= width / 2;
      return {
        color: here.map((value, i) => (right(Math.floor(i / 3)) ? value : backgrounds[view][i])),
        mask: Float32Array.from({ length: sizeOf(view) }, (_, i) => (right(i) ? 1 : 0)),
      };
    }),
  );
  const moved = still();
  await fitter.step(moved, targets, still(), { stiffness: { rigidity: 0.1, anchor: 0.02 } });
  const { fx, cx } = views[0].camera;
  const left = [...rig.regions.keys()].filter((p) => (fx * rig.positions[p * 3]) / rig.positions[p * 3 + 2] + cx < 12);
  expect(left.length).toBeGreaterThan(3);
  expect(left.reduce((sum, p) => sum + Math.abs(moved[p * 3]) * pixelsOf(p), 0) / left.length).toBeGreaterThan(0.1);
});

describe('springs and anchors', () => {
  // Of a person who is not seen: what is shown does not pull.
  beforeEach(() => {
    const unseen = { ...gaussians, opacityLogits: new Float32Array(N).fill(-30) };
    fitter = new FrameFitter(unseen, rig, rasterizer, views, backgrounds);
  });
  const nothing = views.map((_, view) => ({
    color: new Float32Array(sizeOf(view) * 3),
    mask: new Float32Array(sizeOf(view)),
  }));
  const scattered = (seed: number, pixels: number): Float32Array => {
    const draw = seededRandom(seed);
    return Float32Array.from({ length: P * 3 }, (_, i) =>
      i % 3 === 2 ? 0 : (pixels * (2 * draw() - 1)) / pixelsOf(Math.floor(i / 3)),
    );
  };

  /** The step by elimination of the dense equations, f64 [P, 2] pixels, no longer than 1.5. */
  function stepReference(at: Float32Array, anchor: Float32Array, rigidity: number, pull: number): number[] {
    const [rotations, stretches] = [new Float32Array(P * 4), still()];
    completeMotion(rig.positions, fitter.springs, at, rotations, stretches);
    const matrix = Array.from({ length: 2 * P }, () => new Array<number>(2 * P).fill(0));
    const right = new Array<number>(2 * P).fill(0);
    fitter.springs.from.forEach((a, e) => {
      const b = fitter.springs.to[e];
      const s = rigidity * fitter.springs.stiffness[e];
      const scale = (pixelsOf(a) + pixelsOf(b)) / 2;
      const angle = 2 * Math.atan2(rotations[a * 4 + 3] + rotations[b * 4 + 3], rotations[a * 4] + rotations[b * 4]);
      const d = [0, 1].map((axis) => rig.positions[a * 3 + axis] - rig.positions[b * 3 + axis]);
      const turned = [Math.cos(angle) * d[0] - Math.sin(angle) * d[1], Math.sin(angle) * d[0] + Math.cos(angle) * d[1]];
      for (const axis of [0, 1]) {
        const off = (at[a * 3 + axis] - at[b * 3 + axis] + d[axis] - turned[axis]) * scale;
        const [i, j] = [2 * a + axis, 2 * b + axis];
        right[i] -= s * off;
        right[j] += s * off;
        matrix[i][i] += s;
        matrix[j][j] += s;
        matrix[i][j] -= s;
        matrix[j][i] -= s;
      }
    });
    for (let i = 0; i < 2 * P; i++) {
      const [p, axis] = [Math.floor(i / 2), i % 2];
      right[i] -= pull * (at[p * 3 + axis] - anchor[p * 3 + axis]) * pixelsOf(p);
      matrix[i][i] += pull + 0.02;
    }
    const delta = solveDense(matrix, right);
    return delta.map((value, i) => {
      const length = Math.hypot(delta[i - (i % 2)], delta[i - (i % 2) + 1]);
      return length > 1.5 ? (1.5 * value) / length : value;
    });
  }

  test.each([
    ['small shifts', 0.6, 0.7, 0.3],
    ['loose springs, firm anchors', 0.8, 0.05, 2],
    ['shifts of many pixels: no step is longer than 1.5', 9, 1, 0.05],
  ])('give the step of the dense equations, solved by elimination: %s', async (_what, pixels, rigidity, pull) => {
    const [at, anchor] = [scattered(1, pixels), scattered(2, pixels)];
    const wanted = stepReference(at, anchor, rigidity, pull);
    const moved = at.slice();
    await fitter.step(moved, nothing, anchor, { stiffness: { rigidity, anchor: pull } });
    const got = Array.from({ length: 2 * P }, (_, i) => {
      const k = Math.floor(i / 2) * 3 + (i % 2);
      return (moved[k] - at[k]) * pixelsOf(Math.floor(i / 2));
    });
    compareArrays('step', got, wanted, { absolute: 2e-3 });
    expect(Math.max(...wanted.map(Math.abs))).toBeGreaterThan(0.2);
  });

  test('a settled frame is drawn to other anchors by the dense equations, without a look at the picture', async () => {
    const [at, anchor] = [scattered(3, 0.6), scattered(4, 0.6)];
    const { curvature } = await fitter.step(still(), await targetsOf(), still(), {
      stiffness: { rigidity: 1, anchor: 1 },
    });
    const none = { diagonal: curvature.diagonal.map(() => 0), blocks: curvature.blocks.map(() => 0) };
    const pull = 0.4;
    const matrix = Array.from({ length: 2 * P }, () => new Array<number>(2 * P).fill(0));
    fitter.springs.from.forEach((a, e) => {
      const [b, s] = [fitter.springs.to[e], 0.7 * fitter.springs.stiffness[e]];
      for (const axis of [0, 1])
        for (const [i, j, sign] of [
          [a, a, 1],
          [b, b, 1],
          [a, b, -1],
          [b, a, -1],
        ])
          matrix[2 * i + axis][2 * j + axis] += sign * s;
    });
    const away = Array.from({ length: 2 * P }, (_, i) => {
      const k = Math.floor(i / 2) * 3 + (i % 2);
      return pull * (anchor[k] - at[k]) * pixelsOf(Math.floor(i / 2));
    });
    for (let i = 0; i < 2 * P; i++) matrix[i][i] += pull + 0.02;
    const drawn = at.slice();
    fitter.draw(drawn, anchor, { rigidity: 0.7, anchor: pull }, none);
    const got = Array.from({ length: 2 * P }, (_, i) => {
      const k = Math.floor(i / 2) * 3 + (i % 2);
      return (drawn[k] - at[k]) * pixelsOf(Math.floor(i / 2));
    });
    compareArrays('drawn', got, solveDense(matrix, away), { absolute: 2e-3 });
    const held = at.slice();
    const firm = { diagonal: curvature.diagonal.map((_, i) => (i % 3 === 1 ? 0 : 1e6)), blocks: none.blocks };
    fitter.draw(held, anchor, { rigidity: 0.7, anchor: pull }, firm);
    compareArrays('held by the picture', held, at, { absolute: 1e-5 });
  });

  test('a body that turned as one, at its anchors, stays', async () => {
    const at = still();
    for (let p = 0; p < P; p++) {
      const [x, y] = [rig.positions[p * 3], rig.positions[p * 3 + 1]];
      at[p * 3] = (Math.cos(0.3) - 1) * x - Math.sin(0.3) * y;
      at[p * 3 + 1] = Math.sin(0.3) * x + (Math.cos(0.3) - 1) * y;
    }
    const moved = at.slice();
    await fitter.step(moved, nothing, at, { stiffness: { rigidity: 1, anchor: 0.1 } });
    compareArrays('places', moved, at, { absolute: 1e-4 });
  });
});
