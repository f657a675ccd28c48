import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { allocateDeformed, evaluateDeformation } from '@soliloquy/gaussian-cloud';
import { decodeImage, videoFromFrames } from '@soliloquy/media';
import { scaleCamera, type Camera } from '@soliloquy/ports';
import { encodePly } from '@soliloquy/splat';
import type { FoundCheckout } from '@soliloquy/stage';
import { stageContext } from '@soliloquy/testing';
import { gesture, movingBody, type MovingBody } from '../bench/moving-body.ts';
import { run } from '../src/backbones/four-d-gaussians.ts';
import { cameraToWorld, squareView, writeDataset } from '../src/four-d-dataset.ts';
import { deformationFitStage } from '../src/index.ts';
import { shiftsOfFrame } from '../src/per-frame-ply.ts';

const FRAMES = 5;
const HEIGHT = 96;
let scene: MovingBody;
beforeAll(async () => {
  scene = await movingBody(1800, HEIGHT, FRAMES, gesture);
});

/** A frame's Gaussians as its export writes them: 0.3 deeper along their rays, as a fixed camera does not forbid. */
function plyAt(frame: number): Uint8Array {
  const { shRest: _none, ...given } = { shRest: undefined, ...scene.gaussians };
  const means = scene.means[frame].map((value) => value * (5.3 / 5));
  return encodePly({ ...given, means });
}

/** A checkout whose python exports what lies in `made`, and keeps what it was called with and its settings. */
function fakeCheckout(frames: number): FoundCheckout & { calls(): string[][] } {
  const folder = mkdtempSync(join(tmpdir(), '4dgaussians-'));
  mkdirSync(join(folder, 'made'));
  mkdirSync(join(folder, 'bin'));
  for (let f = 0; f < frames; f++) writeFileSync(join(folder, `made/time_0000${f}.ply`), plyAt(f));
  const script =
    '#!/bin/sh\necho "$@" >> calls\nif [ "$1" = train.py ]; then\n' +
    '  cp "$9" config.py; ls "$3" > dataset; mkdir -p "output/$7"; exit 0\nfi\n' +
    'mkdir "$7/gaussian_pertimestamp" && cp made/* "$7/gaussian_pertimestamp/"\n';
  writeFileSync(join(folder, 'bin/python'), script);
  chmodSync(join(folder, 'bin/python'), 0o755);
  const calls = (): string[][] =>
    readFileSync(join(folder, 'calls'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(' '));
  return {
    name: 'four-d-gaussians',
    folder,
    bin: join(folder, 'bin'),
    seconds: 20,
    silence: 20,
    environment: [],
    calls,
  };
}

const params = {
  ...deformationFitStage.params.parse({ area: 64 * HEIGHT }),
  ...deformationFitStage.backbones['four-d-gaussians'].params.parse({ particles: 120 }),
};

describe('the backbone', () => {
  test('calls its scripts as documented and moves particles as its Gaussians move', async () => {
    const checkout = fakeCheckout(FRAMES);
    await using ctx = stageContext({ gpu: { index: 2, memoryMiB: 24_576 }, checkout: () => Promise.resolve(checkout) });
    const { deformation, metrics } = await run(scene, params, ctx);
    const task = await ctx.scratch();
    const id = checkout.calls()[0][6];
    expect(id).toMatch(/^soliloquy-/);
    expect(checkout.calls().map((args) => args.join(' '))).toEqual([
      `train.py -s ${task}/dataset --port 6019 --expname ${id} --configs ${task}/config.py --save_iterations 20000`,
      `export_perframe_3DGS.py --iteration 20000 --configs ${task}/config.py --model_path output/${id}`,
    ]);
    const config = readFileSync(join(checkout.folder, 'config.py'), 'utf8');
    expect(config).toContain(`_base_ = "${checkout.folder}/arguments/dnerf/dnerf_default.py"`);
    expect(config).toContain('iterations=20000, coarse_iterations=3000, densify_until_iter=0');
    expect(existsSync(join(checkout.folder, 'output', id))).toBe(false);
    expect(deformation).toMatchObject({ kind: 'particles', frames: FRAMES, fps: 25, count: scene.gaussians.count });
    const into = allocateDeformed(scene.gaussians);
    let [apart, still] = [0, 0];
    for (let f = 0; f < FRAMES; f++) {
      evaluateDeformation(scene.gaussians, deformation, f, into);
      scene.means[f].forEach((value, i) => {
        apart += (value - into.means[i]) ** 2;
        still += (value - scene.gaussians.means[i]) ** 2;
      });
    }
    // Root mean squares, pixels.
    const pixels = (sum: number): number =>
      Math.sqrt(sum / (FRAMES * scene.gaussians.count)) * (scene.gaussians.camera.fx / 5);
    expect(pixels(still)).toBeGreaterThan(0.8);
    expect(pixels(apart)).toBeLessThan(0.005);
    expect(metrics.values.gain).toBeGreaterThan(8);
  });

  test('says which frame has no PLY, and leaves nothing in the checkout', async () => {
    const checkout = fakeCheckout(FRAMES - 1);
    await using ctx = stageContext({ checkout: () => Promise.resolve(checkout) });
    await expect(run(scene, params, ctx)).rejects.toMatchObject({
      code: 'task.command-failed',
      message: expect.stringMatching(/expected a PLY for each of 5 frames .*, got no time_00004\.ply; run it by/),
    });
    expect(readdirSync(join(checkout.folder, 'output'))).toEqual([]);
  });
});

describe('a PLY of a frame', () => {
  test('with another count is refused by name: Gaussians are matched by index', () => {
    const few = { ...scene.gaussians, count: scene.gaussians.count - 1 };
    expect(() => shiftsOfFrame(few, 'deformation-fit.four-d-gaussians time_00003.ply', plyAt(3))).toThrow(
      `deformation-fit.four-d-gaussians time_00003.ply: expected ${few.count} Gaussians, those of the input in their ` +
        `order, got ${scene.gaussians.count}; export from a training that neither adds nor removes Gaussians`,
    );
  });

  test('one of whose Gaussians is not finite is refused too', () => {
    const means = scene.means[0].slice();
    means[7] = NaN;
    expect(() => shiftsOfFrame(scene.gaussians, 'a.ply', encodePlyAs(means))).toThrow(/got \d+; export from/);
  });

  test('that is none is refused by name', () => {
    expect(() => shiftsOfFrame(scene.gaussians, 'here a.ply', new Uint8Array(50))).toThrow(/^here a\.ply: /);
  });
});

function encodePlyAs(means: Float32Array): Uint8Array {
  const bytes = encodePly({ ...scene.gaussians, means: means.map((value) => (Number.isNaN(value) ? 12_345 : value)) });
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (let at = 0; at + 4 <= bytes.length; at++)
    if (view.getFloat32(at, true) === 12_345) view.setFloat32(at, NaN, true);
  return bytes;
}

describe('a data set', () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'dataset-'));
    await writeDataset(folder, scene.gaussians, scene.video);
  });
  const read = (name: string): Transforms => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Transforms;

  test('has every frame for training and, in order, for the export, at times from 0 to 1', () => {
    const { frames } = read('transforms_test.json');
    expect(frames.map(({ file_path }) => file_path)).toEqual([0, 1, 2, 3, 4].map((f) => `./train/r_0000${f}`));
    expect(frames.map(({ time }) => time)).toEqual([0, 0.25, 0.5, 0.75, 1]);
    const training = read('transforms_train.json').frames;
    expect(training.slice(0, FRAMES)).toEqual(frames);
    for (const { file_path } of training) expect(existsSync(join(folder, `${file_path}.png`))).toBe(true);
  });

  test('has square pictures, with the person and nothing around', async () => {
    const bytes = new Uint8Array(readFileSync(join(folder, 'train/r_00002.png')));
    const { width, height, data } = await decodeImage(bytes, { name: 'r_00002.png' });
    expect([width, height]).toEqual([HEIGHT, HEIGHT]);
    const [left, width0] = [(HEIGHT - 64) / 2, 64];
    let frame = 0;
    for await (const matte of scene.video.matte!.read()) {
      if (frame++ !== 2) continue;
      for (let y = 0; y < HEIGHT; y++)
        for (let x = 0; x < HEIGHT; x++) {
          const inside = x >= left && x < left + width0;
          expect(data[4 * (y * HEIGHT + x) + 3]).toBe(inside ? matte[y * width0 + x - left] : 0);
        }
    }
  });

  test('gives the reader a length: a camera that sees nothing stands as far behind as the person is away', () => {
    const training = read('transforms_train.json').frames;
    const [first, away] = [readerOf(training[0].transform_matrix), readerOf(training.at(-1)!.transform_matrix)];
    expect(centreOf(first)).toEqual([0, 0, 0].map((value) => expect.closeTo(value, 9)));
    expect(centreOf(away)).toEqual([0, 0, -5].map((value) => expect.closeTo(value, 6)));
    for (let n = 0; n < 30; n += 3) expect(seenBy(away, scene.gaussians.means.subarray(n, n + 3))[2]).toBeLessThan(0);
  });

  test('begins with the canonical places, in their order', () => {
    const bytes = readFileSync(join(folder, 'fused.ply'));
    const text = bytes.toString('latin1');
    expect(text).toContain(`element vertex ${scene.gaussians.count}\n`);
    const view = new DataView(bytes.buffer, bytes.byteOffset + text.indexOf('end_header\n') + 11);
    for (const n of [0, 700, scene.gaussians.count - 1]) {
      for (let c = 0; c < 3; c++) {
        expect(view.getFloat32(n * 27 + 4 * c, true)).toBe(scene.gaussians.means[3 * n + c]);
        const colour = Math.min(1, Math.max(0, scene.gaussians.colors[3 * n + c]));
        expect(Math.abs(view.getUint8(n * 27 + 24 + c) - 255 * colour)).toBeLessThanOrEqual(0.501);
      }
    }
  });

  test('of one frame is refused', async () => {
    const { width, height, fps } = scene.video;
    const one = { ...videoFromFrames({ width, height, fps, frames: 1 }, () => []), matte: scene.video.matte };
    await expect(writeDataset(folder, scene.gaussians, one)).rejects.toMatchObject({ code: 'stage.clip-short' });
  });
});

interface Transforms {
  readonly camera_angle_x: number;
  readonly frames: readonly { file_path: string; time: number; transform_matrix: number[][] }[];
}
interface ReadCamera {
  /** World to camera, as the reader has it: +x right, +y down, +z forward. */
  readonly rotation: number[][];
  readonly shift: number[];
}

/** What its reader makes of a pose: R = −inv[:3,:3]ᵀ with the first column turned, T = −inv[:3,3]; Rᵀ x + T. */
function readerOf(pose: readonly (readonly number[])[]): ReadCamera {
  // The inverse of a rigid pose.
  const inverse = [0, 1, 2].map((r) => [0, 1, 2].map((c) => pose[c][r]));
  const shift = inverse.map((row) => -row.reduce((sum, value, c) => sum + value * pose[c][3], 0));
  const R = [0, 1, 2].map((r) => [0, 1, 2].map((c) => -inverse[c][r] * (c === 0 ? -1 : 1)));
  return { rotation: [0, 1, 2].map((r) => [0, 1, 2].map((c) => R[c][r])), shift: shift.map((value) => -value) };
}

function seenBy({ rotation, shift }: ReadCamera, point: ArrayLike<number>): number[] {
  return rotation.map((row, i) => row.reduce((sum, value, c) => sum + value * point[c], shift[i]));
}

function centreOf({ rotation, shift }: ReadCamera): number[] {
  return [0, 1, 2].map((c) => -rotation.reduce((sum, row, r) => sum + row[c] * shift[r], 0));
}

test('a turned and shifted camera with its principal point aside shows points where they were, by the reader', () => {
  const [cos, sin] = [Math.cos(0.4), Math.sin(0.4)];
  const camera: Camera = {
    ...{ width: 200, height: 300, fx: 700, fy: 690, cx: 90, cy: 170 },
    worldToCamera: [cos, 0, sin, 0.3, 0, 1, 0, -0.2, -sin, 0, cos, 0.5, 0, 0, 0, 1],
  };
  const clip = { width: 64, height: 96 };
  const view = squareView(camera, clip);
  const read = readerOf(cameraToWorld(view.camera.worldToCamera));
  const fov = 2 * Math.atan(view.side / (2 * view.camera.fx));
  const focal = view.side / (2 * Math.tan(fov / 2));
  const small = scaleCamera(camera, clip.width, clip.height);
  for (const point of [
    [0, 0, 5],
    [0.4, -0.7, 4],
    [-0.5, 0.9, 6],
  ]) {
    const [x, y, z] = seenBy(read, point);
    const [u, v] = [(focal * x) / z + view.side / 2 - view.left, (focal * y) / z + view.side / 2 - view.top];
    const w = camera.worldToCamera;
    const at = [0, 1, 2].map(
      (r) => w[4 * r] * point[0] + w[4 * r + 1] * point[1] + w[4 * r + 2] * point[2] + w[4 * r + 3],
    );
    // The square begins at a whole pixel.
    expect(Math.abs(u - ((small.fx * at[0]) / at[2] + small.cx))).toBeLessThan(0.51);
    const stretched = ((small.fy * at[1]) / at[2] + small.cy) * (view.camera.height / clip.height);
    expect(Math.abs(v - stretched)).toBeLessThan(0.8);
  }
});
