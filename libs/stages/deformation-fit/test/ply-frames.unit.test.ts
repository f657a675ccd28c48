import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { allocateDeformed, evaluateDeformation } from '@soliloquy/gaussian-cloud';
import type { Gaussians } from '@soliloquy/ports';
import { encodePly } from '@soliloquy/splat';
import { openBackbone } from '@soliloquy/stage';
import { stageContext } from '@soliloquy/testing';
import { gesture, movingBody, type Motion, type MovingBody } from '../bench/moving-body.ts';
import { deformationFitStage } from '../src/index.ts';
import { nearestPlaces, weightedOf } from '../src/nearest-places.ts';

const FRAMES = 5;
const HEIGHT = 96;
/** As the gesture, but the person stands as in the picture in the frame in the middle. */
const passing: Motion = (x, y, region, t) => {
  const [now, rest] = [gesture(x, y, region, t), gesture(x, y, region, REST / FRAMES)];
  return [now[0] - rest[0], now[1] - rest[1]];
};
const REST = 2;
let scene: MovingBody;
beforeAll(async () => {
  scene = await movingBody(1800, HEIGHT, FRAMES, passing);
});

/** Names as other programs have them: a text would sort the tenth before the ninth. */
const nameOf = (frame: number): string => `my body ${frame + 8}.ply`;

/** A folder with a PLY for each frame. @param change what the other program makes of the Gaussians of a frame */
function exported(change: (given: Gaussians) => Gaussians = (given) => given, frames = FRAMES): string {
  const folder = mkdtempSync(join(tmpdir(), 'ply frames '));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'out put'));
  const { shRest: _none, ...given } = { shRest: undefined, ...scene.gaussians };
  for (let f = 0; f < frames; f++)
    writeFileSync(join(folder, 'out put', nameOf(f)), encodePly(change({ ...given, means: scene.means[f] })));
  return folder;
}

type Fitted = Awaited<ReturnType<typeof fit>>;

async function fit(folder: string, said: object = {}) {
  const params = {
    ...deformationFitStage.params.parse({ area: 64 * HEIGHT }),
    ...deformationFitStage.backbones['ply-frames'].params.parse({ particles: 120, ...said }),
  };
  await using ctx = stageContext({ model: () => Promise.resolve(folder) });
  const run = await openBackbone(deformationFitStage, 'ply-frames');
  return run({ ...scene }, params, ctx);
}

/** Root mean square, pixels. */
function missedBy({ deformation }: Fitted): number {
  const into = allocateDeformed(scene.gaussians);
  let apart = 0;
  for (let f = 0; f < FRAMES; f++) {
    evaluateDeformation(scene.gaussians, deformation, f, into);
    scene.means[f].forEach((value, i) => void (apart += (value - into.means[i]) ** 2));
  }
  return Math.sqrt(apart / (FRAMES * scene.gaussians.count)) * (scene.gaussians.camera.fx / 5);
}

/** In another order, every third twice, the copy a little aside. */
function rearranged(given: Gaussians): Gaussians {
  const order = Array.from({ length: given.count }, (_, n) => (n * 7) % given.count).flatMap((n) =>
    n % 3 === 0 ? [n, n] : [n],
  );
  const picked = (values: Float32Array): Float32Array => {
    const width = values.length / given.count;
    return Float32Array.from(order.flatMap((n) => [...values.subarray(n * width, (n + 1) * width)]));
  };
  const means = picked(given.means);
  order.forEach((n, i) => void (n === order[i - 1] && (means[3 * i] += 0.003)));
  return {
    ...given,
    count: order.length,
    means,
    quats: picked(given.quats),
    logScales: picked(given.logScales),
    opacityLogits: picked(given.opacityLogits),
    colors: picked(given.colors),
    regions: new Uint8Array(order.length),
  };
}

describe('a folder with a PLY for each frame', () => {
  test('moves particles as its Gaussians move, by index; numbers in names count as numbers', async () => {
    const fitted = await fit(exported());
    expect(fitted.deformation).toMatchObject({ kind: 'particles', frames: FRAMES, fps: 25 });
    expect(missedBy(fitted)).toBeLessThan(0.005);
    expect(fitted.metrics.values.gain).toBeGreaterThan(8);
  });

  test('of a program that has its own Gaussians in its own order moves them by place', async () => {
    const folder = exported(rearranged);
    const fitted = await fit(folder, { match: 'place', rest: REST });
    expect(missedBy(fitted)).toBeLessThan(0.1);
    expect(fitted.metrics.values.gain).toBeGreaterThan(8);
    await expect(fit(folder)).rejects.toMatchObject({ code: 'stage.count-mismatch' });
  });

  test('with fewer files than frames is refused with what there is', async () => {
    await expect(fit(exported(undefined, 3))).rejects.toMatchObject({
      code: 'stage.frame-count',
      message:
        'deformation-fit.ply-frames: expected a PLY for each of 5 frames, got 3, from out put/my body 8.ply to ' +
        'out put/my body 10.ply; say by files which they are',
    });
    await expect(fit(exported(), { files: '*.ply' })).rejects.toThrow(/got none; say by files/);
  });

  test('is read only inside, whatever files says', () => {
    const { params } = deformationFitStage.backbones['ply-frames'];
    for (const files of ['../*.ply', '/etc/*', 'a/../../b.ply', '..', 'a\\b'])
      expect(params.safeParse({ files }).success).toBe(false);
    expect(params.safeParse({ files: 'out/frame_*.ply' }).success).toBe(true);
  });

  test('of another world, or with other Gaussians in a frame, is refused by name', async () => {
    const aside = exported((given) => ({ ...given, means: given.means.map((value) => 3 * value) }));
    await expect(fit(aside, { match: 'place', rest: REST })).rejects.toThrow(
      /^deformation-fit\.ply-frames: expected Gaussians of out put\/my body 10\.ply where those of the input.* away/,
    );
    let frame = 0;
    const fewer = exported((given) => (frame++ === 3 ? { ...rearranged(given) } : given));
    await expect(fit(fewer, { match: 'place', rest: REST })).rejects.toThrow(
      /^deformation-fit\.ply-frames out put\/my body 11\.ply: expected \d+ Gaussians, as in out put\/my body 10\.ply/,
    );
    await expect(fit(fewer, { match: 'place', rest: 5 })).rejects.toThrow(/expected rest below 5/);
  });
});

test('the nearest of a cloud are those of a search through all of it', () => {
  let seed = 1;
  const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  const [points, cloud] = [60, 200].map((count) => Float32Array.from({ length: 3 * count }, random));
  // Some at the same height, some at the same place.
  for (let i = 0; i < 60; i += 3) cloud[3 * i + 1] = 0.5;
  cloud.copyWithin(0, 30, 60);
  const near = nearestPlaces(points, cloud, 4);
  for (let n = 0; n < 60; n++) {
    const all = Array.from({ length: 200 }, (_, m) => ({
      m,
      square: [0, 1, 2].reduce((sum, c) => sum + (points[3 * n + c] - cloud[3 * m + c]) ** 2, 0),
    }));
    all.sort((a, b) => a.square - b.square || a.m - b.m);
    expect([...near.indices.subarray(4 * n, 4 * n + 4)]).toEqual(all.slice(0, 4).map(({ m }) => m));
    expect(near.distances[n]).toBeCloseTo(Math.sqrt(all[0].square), 6);
    const shares = all.slice(0, 4).map(({ square }) => 1 / (square + 1e-8));
    const total = shares.reduce((sum, share) => sum + share, 0);
    const expected = [0, 1, 2].map((c) =>
      shares.reduce((sum, share, k) => sum + (share / total) * cloud[3 * all[k].m + c], 0),
    );
    const got = weightedOf(near, cloud).subarray(3 * n, 3 * n + 3);
    for (let c = 0; c < 3; c++) expect(got[c]).toBeCloseTo(expected[c], 5);
  }
});
