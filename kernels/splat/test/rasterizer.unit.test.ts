import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRasterizer, PARAMETER_GROUPS, type GaussianArrays, type Rasterizer } from '../src/index.ts';
import { digest, largestDifference } from './agreement.ts';
import { cameraOf, cloud, noise } from './cases.ts';

let rasterizer: Rasterizer;
beforeAll(async () => {
  rasterizer = await createRasterizer();
});
afterAll(() => rasterizer.dispose());

const camera = cameraOf(96, 64);
const scene = cloud(600, 41);

test('results are the same bits for one, two and three threads, and again', async () => {
  const color = noise(camera, 1, 3, -1, 1);
  const runs = [];
  for (const threads of [1, 2, 3, 2]) {
    const one = await createRasterizer({ threads });
    expect(one.threads).toBe(threads);
    for (let again = 0; again < 3; again++) {
      const output = one.render(scene, camera, [0.1, 0.2, 0.3], { depth: true });
      const loss = one.imageLoss({ width: 96, height: 64, image: output.color, target: color });
      runs.push({ output: digest(output), loss: digest(loss), gradient: digest(one.backward({ color })) });
    }
    one.dispose();
  }
  for (const run of runs) expect(run).toEqual(runs[0]);
});

test('the statistics are of the last render alone, also when a thread had no part in it', async () => {
  const tile = cameraOf(16, 16);
  rasterizer.render(scene, tile, [0, 0, 0]);
  const { evaluatedPairs } = rasterizer.statistics();
  const three = await createRasterizer({ threads: 3 });
  three.render(scene, camera, [0, 0, 0]);
  three.render(scene, tile, [0, 0, 0]);
  expect(evaluatedPairs).toBeGreaterThan(0);
  expect(three.statistics().evaluatedPairs).toBe(evaluatedPairs);
  three.dispose();
});

test('a job is over only when every thread has left it', async () => {
  // few tiles of many Gaussians: a thread that returned too early would miss the tile of another
  const view = cameraOf(32, 16);
  const scenes = [50, 51].map((seed) => cloud(4000, seed, { logScale: [-1, 0], logit: [-5, -4.5] }));
  const alone = scenes.map((gaussians) => digest(rasterizer.render(gaussians, view, [0, 0, 0])));
  const both = await createRasterizer({ threads: 2 });
  for (let round = 0; round < 30; round++)
    expect(digest(both.render(scenes[round % 2], view, [0, 0, 0]))).toBe(alone[round % 2]);
  both.dispose();
});

test('the order in which Gaussians of different depths are given does not matter', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
      const forwards = cloud(40, seed);
      const order = Array.from({ length: 40 }, (_, i) => (i * 17 + seed) % 40);
      const pick = (values: Float32Array, size: number): Float32Array =>
        Float32Array.from(order.flatMap((g) => [...values.subarray(g * size, (g + 1) * size)]));
      const shuffled: GaussianArrays = {
        means: pick(forwards.means, 3),
        quats: pick(forwards.quats, 4),
        logScales: pick(forwards.logScales, 3),
        opacityLogits: pick(forwards.opacityLogits, 1),
        colors: pick(forwards.colors, 3),
      };
      const small = cameraOf(32, 32);
      fc.pre(new Set(forwards.means.filter((_, i) => i % 3 === 2)).size === 40);
      expect(digest(rasterizer.render(shuffled, small, [1, 1, 1]))).toBe(
        digest(rasterizer.render(forwards, small, [1, 1, 1])),
      );
    }),
    { seed: 3, numRuns: 25 },
  );
});

test('equal depths are drawn in the order of their indices', () => {
  const two = (first: number[], second: number[]): GaussianArrays => ({
    means: Float32Array.of(0, 0, 2, 0, 0, 2),
    quats: Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0),
    logScales: new Float32Array(6).fill(-1),
    opacityLogits: Float32Array.of(9, 9),
    colors: Float32Array.of(...first, ...second),
  });
  const middle = 3 * (32 * 96 + 48);
  const red = rasterizer.render(two([1, 0, 0], [0, 0, 1]), camera, [0, 0, 0]).color.subarray(middle, middle + 3);
  const blue = rasterizer.render(two([0, 0, 1], [1, 0, 0]), camera, [0, 0, 0]).color.subarray(middle, middle + 3);
  expect(red[0]).toBeGreaterThan(0.9);
  expect(blue[2]).toBeGreaterThan(0.9);
});

test('transmittance is one and the background is untouched where nothing is drawn', () => {
  const background = noise(camera, 9);
  const output = rasterizer.render(cloud(0, 1), camera, background, { depth: true });
  expect(digest([output.color])).toBe(digest([background]));
  expect(new Set(output.transmittance)).toEqual(new Set([1]));
  expect(new Set(output.depth)).toEqual(new Set([0]));
});

test('groups that are not asked for are empty, those asked for are as in a full gradient', () => {
  const color = noise(camera, 2, 3, -1, 1);
  rasterizer.render(scene, camera, [0, 0, 0]);
  const all = rasterizer.backward({ color });
  for (const group of PARAMETER_GROUPS) {
    const some = rasterizer.backward({ color }, { groups: [group] });
    expect(digest([some[group]])).toBe(digest([all[group]]));
    for (const other of PARAMETER_GROUPS) if (other !== group) expect(some[other].length).toBe(0);
  }
});

test('arrays passed as into are filled and returned', () => {
  const output = rasterizer.render(scene, camera, [0, 0, 0], { depth: true });
  const into = {
    ...output,
    color: new Float32Array(output.color.length),
    transmittance: new Float32Array(output.transmittance.length),
    depth: new Float32Array(96 * 64),
  };
  expect(rasterizer.render(scene, camera, [0, 0, 0], { into })).toBe(into);
  expect(digest(into)).toBe(digest(output));
  const gradient = rasterizer.backward({ color: output.color });
  const filled = { ...gradient, means: new Float32Array(gradient.means.length) };
  expect(rasterizer.backward({ color: output.color }, { groups: ['means'], into: filled }).means).toBe(filled.means);
  expect(digest(filled)).toBe(digest(gradient));
});

test('what is lent equals what is given, through loss and gradient, until the next render', async () => {
  const target = noise(camera, 3);
  for (const threads of [1, 2]) {
    const one = await createRasterizer({ threads });
    const size = { width: camera.width, height: camera.height, target };
    const given = one.render(scene, camera, [0, 0.5, 1], { depth: true });
    const loss = one.imageLoss({ ...size, image: given.color });
    const gradient = digest(one.backward({ color: loss.gradient }));
    const lent = one.render(scene, camera, [0, 0.5, 1], { depth: true, lend: true });
    expect(digest(lent)).toBe(digest(given));
    const lentLoss = one.imageLoss({ ...size, image: lent.color }, { lend: true });
    expect(digest(lentLoss)).toBe(digest(loss));
    expect(digest(one.backward({ color: lentLoss.gradient }))).toBe(gradient);
    // a gradient that is not lent is taken again after one that was
    expect(digest(one.backward({ color: loss.gradient }))).toBe(gradient);
    expect(digest(lent)).toBe(digest(given));
    one.render(scene, camera, [1, 0.5, 0]);
    expect(digest(lent)).not.toBe(digest(given));
    one.dispose();
  }
});

test('twice the gradient of the image gives twice the gradient of the Gaussians', () => {
  const color = noise(camera, 3, 3, -1, 1);
  rasterizer.render(scene, camera, [0.5, 0.5, 0.5]);
  const once = rasterizer.backward({ color });
  const twice = rasterizer.backward({ color: color.map((value) => 2 * value) });
  for (const group of PARAMETER_GROUPS)
    expect(
      largestDifference(
        twice[group],
        once[group].map((value) => 2 * value),
      ),
    ).toBe(0);
});

test('a scene that grows after a small one is drawn as by a fresh rasteriser', async () => {
  const large = cloud(3000, 8);
  const wide = cameraOf(300, 200);
  rasterizer.render(cloud(1, 1), cameraOf(1, 1), [0, 0, 0]);
  const grown = rasterizer.render(large, wide, [0, 0, 0]);
  const fresh = await createRasterizer();
  expect(digest(grown)).toBe(digest(fresh.render(large, wide, [0, 0, 0])));
  fresh.dispose();
});

test.each(['rasterizer.dispose()', 'undefined'])('workers do not keep a process alive (last statement: %s)', (last) => {
  const index = new URL('../src/index.ts', import.meta.url).href;
  const program = `
    import { createRasterizer } from ${JSON.stringify(index)};
    const rasterizer = await createRasterizer({ threads: 3 });
    const one = (n) => new Float32Array(n).fill(1);
    rasterizer.render({ means: one(3), quats: one(4), logScales: one(3), opacityLogits: one(1), colors: one(3) },
      { width: 64, height: 64, fx: 64, fy: 64, cx: 32, cy: 32, worldToCamera: [1,0,0,0,0,1,0,0,0,0,1,0] }, [0, 0, 0]);
    ${last};
    console.log('done');`;
  const result = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    timeout: 20_000,
    encoding: 'utf8',
  });
  expect(result.stderr).toBe('');
  expect(result.stdout).toBe('done\n');
  expect(result.status).toBe(0);
});
