import { afterAll, expect, test } from 'vitest';
import { CpuRasterizer } from '../src/cpu-rasterizer.ts';
import { referenceImageLoss } from '../src/index.ts';
import type { FitProblem, FrameOffsets } from '../src/index.ts';
import { agreement, digest, largestDifference } from './agreement.ts';
import { CASES, cameraOf, cloud, noise, withHarmonics } from './cases.ts';
import { groupsOf, judgeOf } from './judge.ts';
import { NO_ADAPTER, openGpu } from './software-adapter.ts';

const gpu = await openGpu();
const cpu = await CpuRasterizer.create();
afterAll(() => {
  gpu?.dispose();
  cpu.dispose();
});

test.for(CASES)('WGSL and the f64 reference agree on $name, in the picture and in all gradients', async (scene, context) => {
  if (gpu === undefined) return context.skip(NO_ADAPTER);
  const judge = judgeOf(scene);
  judge.expectPicture(await gpu.render(scene.gaussians, scene.camera, scene.background, { depth: true, compensateOpacity: scene.compensateOpacity }));
  judge.expectGradients(await gpu.backward(judge.gradient, { groups: groupsOf(scene) }));
  expect(gpu.statistics().dispatches).toBeLessThanOrEqual(25);
});

test('pixels that pass by shuffles give the gradients of those that pass through workgroup memory', async (context) => {
  const shuffling = gpu && (await openGpu({ backward: { lanes: 4, subgroups: true } }).catch(() => undefined));
  if (gpu === undefined || shuffling === undefined) return context.skip(NO_ADAPTER);
  for (const scene of CASES.filter(({ name }) => ['257 Gaussians', 'opaque layers that stop pixels', 'sides one above a tile'].includes(name))) {
    const judge = judgeOf(scene);
    await shuffling.render(scene.gaussians, scene.camera, scene.background);
    judge.expectGradients(await shuffling.backward(judge.gradient, { groups: groupsOf(scene) }));
  }
  shuffling.dispose();
});

test('bits repeat, and a frame that needs more entries than the last is drawn again with room', async (context) => {
  const own = gpu && (await openGpu());
  if (own === undefined) return context.skip(NO_ADAPTER);
  const large = cloud(200, 3, { logScale: [1, 2], logit: [-5, -4.6] });
  const camera = cameraOf(96, 96);
  const first = await own.render(large, camera, [0, 0, 0]);
  expect(own.statistics().entries).toBe(own.statistics().visible * 36);
  const color = noise(camera, 4, 3, -1, 1);
  const gradient = digest(await own.backward({ color }));
  expect(digest(await own.render(large, camera, [0, 0, 0]))).toBe(digest(first));
  expect(digest(await own.backward({ color }))).toBe(gradient);
  const judge = await cpu.render(large, camera, [0, 0, 0]);
  expect(largestDifference(first.color, judge.color)).toBeLessThan(1e-4);
  own.dispose();
});

test.for([[1, 1], [5, 11], [17, 33]])('the image loss and its gradient agree with the f64 reference on %ix%i pixels', async ([width, height], context) => {
  if (gpu === undefined) return context.skip(NO_ADAPTER);
  const camera = cameraOf(width, height);
  const target = noise(camera, 3);
  const image = target.map((value, i) => value + 0.1 * Math.sin(i));
  for (const [weights, ssimWeight] of [[undefined, 0.2], [noise(camera, 8, 1), 1], [noise(camera, 9, 1), 0]] as const) {
    const input = { width, height, image, target, weights, ssimWeight };
    const ours = await gpu.imageLoss(input);
    const judge = referenceImageLoss(input);
    expect(Math.abs(ours.value - judge.value)).toBeLessThan(1e-5);
    const { relative, cosine } = agreement(ours.gradient, judge.gradient);
    expect(relative).toBeLessThan(1e-3);
    expect(cosine).toBeGreaterThan(0.9999);
  }
});

/** Two frames, in which everything is moved and turned a little. */
function offsetsOf(count: number): FrameOffsets {
  const wave = (length: number, size: number): Float32Array => Float32Array.from({ length }, (_, i) => size * Math.sin(3 * i + 1));
  const rotations = wave(8 * count, 0.3);
  for (let i = 0; i < rotations.length; i += 4) rotations[i] += 1;
  return { means: wave(6 * count, 0.1), rotations, logScales: wave(6 * count, 0.2) };
}

const batch = { gaussians: withHarmonics(cloud(24, 5), 1, 2), offsets: offsetsOf(24) };
const views = [
  { camera: cameraOf(20, 17), background: [0.2, 0.4, 0.6] as const, frame: 0 },
  { camera: cameraOf(33, 16, { worldToCamera: [1, 0, 0, 0.2, 0, 1, 0, 0, 0, 0, 1, 0.3] }), background: noise(cameraOf(33, 16), 2), frame: 1 },
  { camera: cameraOf(20, 17), background: [1, 1, 1] as const },
];

test('a batch of frames over one canonical set is what the CPU draws of each', async (context) => {
  if (gpu === undefined) return context.skip(NO_ADAPTER);
  const [ours, judge] = await Promise.all([gpu, cpu].map((one) => one.renderFrames(batch.gaussians, batch.offsets, views, { depth: true })));
  expect(ours.map(({ width, height }) => [width, height])).toEqual([[20, 17], [33, 16], [20, 17]]);
  for (const [v, output] of ours.entries()) {
    expect(largestDifference(output.color, judge[v].color)).toBeLessThan(1e-4);
    expect(largestDifference(output.depth ?? [], judge[v].depth ?? [])).toBeLessThan(1e-3);
  }
  expect(largestDifference(ours[0].color, ours[2].color.map((value) => value - 0.3))).toBeGreaterThan(0.05);
});

test('a fit takes the steps that it takes on the CPU: canonical set, harmonics, offsets of the frames, and reports', async (context) => {
  if (gpu === undefined) return context.skip(NO_ADAPTER);
  const problem: FitProblem = {
    ...batch,
    views: views.map((view, v) => {
      const pixels = view.camera.width * view.camera.height;
      return { ...view, target: noise(view.camera, 40 + v), transmittance: new Float32Array(pixels).fill(0.5), ...(v === 1 ? { weights: noise(view.camera, 50, 1) } : {}) };
    }),
    steps: 4,
    batch: 2,
    rates: { means: 0.01, quats: 0.02, logScales: 0.02, opacityLogits: 0.05, colors: 0.02, shRest: 0.01 },
    offsetRates: { means: 0.01, rotations: 0.02, logScales: 0.02 },
    transmittanceWeight: 0.6,
    decay: 0.5,
    epsilon: 1e-8,
    reportEvery: 3,
  };
  const reports: number[][] = [[], []];
  const [ours, judge] = await Promise.all([gpu, cpu].map((one, i) => one.fit({ ...problem, onReport: ({ step, loss }) => void reports[i].push(step, loss) })));
  expect(reports[0].length).toBe(reports[1].length);
  expect(largestDifference(reports[0], reports[1])).toBeLessThan(1e-4);
  expect(ours.last.l1).toBeCloseTo(judge.last.l1, 4);
  expect(ours.last.ssim).toBeCloseTo(judge.last.ssim, 4);
  for (const [name, before] of Object.entries(problem.gaussians)) {
    const step = (after: Float32Array | undefined): Float32Array => (after ?? new Float32Array(0)).map((value, i) => value - before[i]);
    const name_ = name as keyof typeof problem.gaussians;
    expect(agreement(step(ours.gaussians[name_]), step(judge.gaussians[name_])).relative, name).toBeLessThan(2e-2);
  }
  for (const name of ['means', 'rotations', 'logScales'] as const) {
    const step = (after: Float32Array | undefined): Float32Array => (after ?? new Float32Array(0)).map((value, i) => value - batch.offsets[name][i]);
    expect(agreement(step(ours.offsets?.[name]), step(judge.offsets?.[name])).relative, name).toBeLessThan(2e-2);
    expect(Math.max(...step(ours.offsets?.[name]))).toBeGreaterThan(0);
  }
});
