import { afterAll, expect, test, vi } from 'vitest';
import { NO_ADAPTER } from '@soliloquy/testing';
import { CpuRasterizer } from '../src/cpu-rasterizer.ts';
import { Kernels } from '../src/gpu/gpu-kernels.ts';
import { FIRST_FRAME, GpuScene, onePass } from '../src/gpu/gpu-scene.ts';
import { openRasterizer, referenceImageLoss, SplatError, type FitProblem, type FrameOffsets } from '../src/index.ts';
import { agreement, digest, largestDifference } from './agreement.ts';
import { cameraOf, CASES, cloud, noise, withHarmonics } from './cases.ts';
import { groupsOf, judgeOf } from './judge.ts';
import { openGpu, sharedDevice } from './software-adapter.ts';

// an adapter in software compiles a kernel in a second or two, and much longer beside other work
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const gpu = await openGpu();
const cpu = await CpuRasterizer.create();
afterAll(() => {
  gpu?.dispose();
  cpu.dispose();
});

test.for(CASES)(
  'WGSL and the f64 reference agree on $name, in the picture and in all gradients',
  async (scene, context) => {
    if (gpu === undefined) return context.skip(NO_ADAPTER);
    const judge = judgeOf(scene);
    judge.expectPicture(
      await gpu.render(scene.gaussians, scene.camera, scene.background, {
        depth: true,
        compensateOpacity: scene.compensateOpacity,
      }),
    );
    judge.expectGradients(await gpu.backward(judge.gradient, { groups: groupsOf(scene) }));
    expect(gpu.statistics().dispatches).toBeLessThanOrEqual(25);
  },
);

test('pixels that pass by shuffles give the gradients of those that pass through workgroup memory', async (context) => {
  const shuffling = gpu && (await openGpu({ backward: { lanes: 4, subgroups: true } }).catch(() => undefined));
  if (gpu === undefined || shuffling === undefined) return context.skip(NO_ADAPTER);
  for (const scene of CASES.filter(({ name }) =>
    ['257 Gaussians', 'opaque layers that stop pixels', 'sides one above a tile'].includes(name),
  )) {
    const judge = judgeOf(scene);
    await shuffling.render(scene.gaussians, scene.camera, scene.background);
    judge.expectGradients(await shuffling.backward(judge.gradient, { groups: groupsOf(scene) }));
  }
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
});

test('the buffers of a fit take the bytes a Gaussian, an entry and a pixel that the README states', async (context) => {
  if (gpu === undefined) return context.skip(NO_ADAPTER);
  const { device } = await sharedDevice();
  const taken = async (count: number, entries: number, side: number): Promise<number> => {
    const scene = new GpuScene(device, new Kernels(device, { lanes: 4, subgroups: false }));
    const [pixels, tiles] = [side * side, (side / 16) ** 2];
    await scene.reserve({
      count,
      rest: 0,
      frames: 0,
      pixels,
      tiles,
      allPixels: pixels,
      stepTiles: tiles,
      backgroundPixels: 0,
      entries,
      uniforms: FIRST_FRAME + 1,
      backward: true,
      adam: true,
      bounded: false,
    });
    const { bytes } = scene.buffers;
    scene.buffers.destroy();
    return bytes;
  };
  const none = await taken(20_480, 102_400, 256);
  expect(((await taken(40_960, 102_400, 256)) - none) / 20_480).toBeCloseTo(304, 0);
  expect(((await taken(20_480, 204_800, 256)) - none) / 102_400).toBeCloseTo(68.5, 0);
  expect(((await taken(20_480, 102_400, 512)) - none) / (3 * 256 * 256)).toBeCloseTo(132, 0);
});

test('a picture of more tiles than one pass of the sort tells apart is what the CPU draws', async (context) => {
  if (gpu === undefined) return context.skip(NO_ADAPTER);
  const wide = cameraOf(4112, 16, { fx: 1500, fy: 1500 });
  const scattered = cloud(120, 21, { logScale: [-4, -2.5] });
  const ours = await gpu.render(scattered, wide, [0.2, 0.4, 0.6]);
  expect(gpu.statistics().dispatches).toBe(22);
  expect(largestDifference(ours.color, (await cpu.render(scattered, wide, [0.2, 0.4, 0.6])).color)).toBeLessThan(1e-4);
});

test.for([
  [16, 16, 19],
  [4096, 4080, 22],
  [4096, 4096, 25],
  [8192, 8192, 25],
])('a forward pass of %ix%i pixels is %i dispatches', async ([width, height, dispatches], context) => {
  if (gpu === undefined) return context.skip(NO_ADAPTER);
  const { device } = await sharedDevice();
  const kernels = new Kernels(device, { lanes: 4, subgroups: false });
  await kernels.need('draw');
  const scene = new GpuScene(device, kernels);
  await scene.reserve({
    count: 10,
    rest: 0,
    frames: 0,
    pixels: 256,
    tiles: 1,
    allPixels: 0,
    stepTiles: 0,
    backgroundPixels: 0,
    entries: 64,
    uniforms: FIRST_FRAME + 1,
    backward: false,
    adam: false,
    bounded: false,
  });
  // encoded, and never submitted: there is no room for such a picture
  const recorder = onePass(device.createCommandEncoder());
  scene.forward(recorder, FIRST_FRAME, 10, cameraOf(width, height));
  expect(scene.dispatches).toBe(dispatches);
  scene.buffers.destroy();
});

test.for([
  [1, 1],
  [5, 11],
  [17, 33],
])('the image loss and its gradient agree with the f64 reference on %ix%i pixels', async ([width, height], context) => {
  if (gpu === undefined) return context.skip(NO_ADAPTER);
  const camera = cameraOf(width, height);
  const target = noise(camera, 3);
  const image = target.map((value, i) => value + 0.1 * Math.sin(i));
  for (const [weights, ssimWeight] of [
    [undefined, 0.2],
    [noise(camera, 8, 1), 1],
    [noise(camera, 9, 1), 0],
  ] as const) {
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
  const wave = (length: number, size: number): Float32Array =>
    Float32Array.from({ length }, (_, i) => size * Math.sin(3 * i + 1));
  const rotations = wave(8 * count, 0.3);
  for (let i = 0; i < rotations.length; i += 4) rotations[i] += 1;
  return { means: wave(6 * count, 0.1), rotations, logScales: wave(6 * count, 0.2) };
}

const batch = { gaussians: withHarmonics(cloud(24, 5), 1, 2), offsets: offsetsOf(24) };
const views = [
  { camera: cameraOf(20, 17), background: [0.2, 0.4, 0.6] as const, frame: 0 },
  {
    camera: cameraOf(33, 16, { worldToCamera: [1, 0, 0, 0.2, 0, 1, 0, 0, 0, 0, 1, 0.3] }),
    background: noise(cameraOf(33, 16), 2),
    frame: 1,
  },
  { camera: cameraOf(20, 17), background: [1, 1, 1] as const },
];

test('a batch of frames over one canonical set is what the CPU draws of each', async (context) => {
  if (gpu === undefined) return context.skip(NO_ADAPTER);
  const [ours, judge] = await Promise.all(
    [gpu, cpu].map((one) => one.renderFrames(batch.gaussians, batch.offsets, views, { depth: true })),
  );
  expect(ours.map(({ width, height }) => [width, height])).toEqual([
    [20, 17],
    [33, 16],
    [20, 17],
  ]);
  for (const [v, output] of ours.entries()) {
    expect(largestDifference(output.color, judge[v].color)).toBeLessThan(1e-4);
    expect(largestDifference(output.depth ?? [], judge[v].depth ?? [])).toBeLessThan(1e-3);
  }
  expect(
    largestDifference(
      ours[0].color,
      ours[2].color.map((value) => value - 0.3),
    ),
  ).toBeGreaterThan(0.05);
});

test('a fit takes the steps of the CPU: canonical set, harmonics, offsets of frames, reports', async (context) => {
  if (gpu === undefined) return context.skip(NO_ADAPTER);
  // no depth moves, and no opacity grows by more than 0.03
  const { means } = batch.gaussians;
  const held: [Float32Array, Float32Array] = [
    means.map((value, i) => (i % 3 === 2 ? value : -9)),
    means.map((value, i) => (i % 3 === 2 ? value : 9)),
  ];
  const problem: FitProblem = {
    ...batch,
    views: views.map((view, v) => {
      const pixels = view.camera.width * view.camera.height;
      return {
        ...view,
        target: noise(view.camera, 40 + v),
        transmittance: new Float32Array(pixels).fill(0.5),
        ...(v === 1 ? { weights: noise(view.camera, 50, 1) } : {}),
      };
    }),
    steps: 4,
    batch: 2,
    rates: { means: 0.01, quats: 0.02, logScales: 0.02, opacityLogits: 0.05, colors: 0.02, shRest: 0.01 },
    offsetRates: { means: 0.01, rotations: 0.02, logScales: 0.02 },
    bounds: {
      means: held,
      opacityLogits: [new Float32Array(24).fill(-Infinity), batch.gaussians.opacityLogits.map((value) => value + 0.03)],
    },
    transmittanceWeight: 0.6,
    decay: 0.5,
    epsilon: 1e-8,
    reportEvery: 3,
  };
  const reports: number[][] = [[], []];
  const [ours, judge] = await Promise.all(
    [gpu, cpu].map((one, i) => one.fit({ ...problem, onReport: ({ step, loss }) => void reports[i].push(step, loss) })),
  );
  expect(reports[0].length).toBe(reports[1].length);
  expect(largestDifference(reports[0], reports[1])).toBeLessThan(1e-4);
  expect(ours.last.l1).toBeCloseTo(judge.last.l1, 4);
  expect(ours.last.ssim).toBeCloseTo(judge.last.ssim, 4);
  for (const { gaussians } of [ours, judge]) {
    expect(gaussians.means.every((value, i) => i % 3 !== 2 || value === means[i])).toBe(true);
    const grown = gaussians.opacityLogits.map((value, i) => value - batch.gaussians.opacityLogits[i]);
    expect(Math.max(...grown)).toBeCloseTo(0.03, 6);
    expect(Math.min(...grown)).toBeLessThan(-0.031);
  }
  for (const [name, before] of Object.entries(problem.gaussians)) {
    const step = (after: Float32Array | undefined): Float32Array =>
      (after ?? new Float32Array(0)).map((value, i) => value - before[i]);
    const name_ = name as keyof typeof problem.gaussians;
    expect(agreement(step(ours.gaussians[name_]), step(judge.gaussians[name_])).relative, name).toBeLessThan(2e-2);
  }
  for (const name of ['means', 'rotations', 'logScales'] as const) {
    const step = (after: Float32Array | undefined): Float32Array =>
      (after ?? new Float32Array(0)).map((value, i) => value - batch.offsets[name][i]);
    expect(agreement(step(ours.offsets?.[name]), step(judge.offsets?.[name])).relative, name).toBeLessThan(2e-2);
    expect(Math.max(...step(ours.offsets?.[name]))).toBeGreaterThan(0);
  }
});

const small = cameraOf(20, 17);
const few = cloud(12, 1);

async function caught(work: Promise<unknown>): Promise<SplatError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(SplatError);
  return error as SplatError;
}

test('numbers not finite and sizes that do not match are refused by name; the next call works', async (context) => {
  if (gpu === undefined) return context.skip(NO_ADAPTER);
  const before = digest(await gpu.render(few, small, [0, 0, 0]));
  const means = few.means.slice();
  means[13] = Number.NaN;
  const wrong: [Promise<unknown>, RegExp][] = [
    [
      gpu.render({ ...few, means }, small, [0, 0, 0]),
      /^render\.means: expected finite numbers, got \[.*NaN.*\] at Gaussian 4; /,
    ],
    [
      gpu.render({ ...few, quats: few.quats.map((q, i) => (i >> 2 === 3 ? 0 : q)) }, small, [0, 0, 0]),
      /^render\.quats: expected quaternions of a length above 1e-12, .* at Gaussian 3; /,
    ],
    [
      gpu.render({ ...few, shRest: new Float32Array(7) }, small, [0, 0, 0]),
      /^render\.shRest: expected f32 \[N, K, 3\] with N=12 and K = 3, 8 or 15, got f32 \[7\]; /,
    ],
    [gpu.render(few, { ...small, width: -1 }, [0, 0, 0]), /^render\.camera\.width: /],
    [gpu.backward({ color: new Float32Array(3 * 20 * 17) }), /^backward\.render: expected a render before it/],
    [
      gpu.imageLoss({
        width: 2,
        height: 1,
        image: Float32Array.of(0, 0, 0, Number.NaN, 0, 0),
        target: new Float32Array(6),
      }),
      /^imageLoss\.image: expected finite numbers, got NaN at index 3; /,
    ],
    [gpu.fit({ gaussians: few, views: [], steps: 1, rates: {} }), /^fit\.views: expected at least one view/],
    [
      gpu.fit({
        gaussians: few,
        views: [{ camera: small, background: [0, 0, 0], target: noise(small, 1) }],
        steps: 1,
        rates: {},
        bounds: { means: [few.means, few.means.map((value, i) => (i === 7 ? value - 1 : value))] },
      }),
      /^fit\.bounds\.means: expected none below the other, got .* at index 7; /,
    ],
    [
      gpu.fit({
        gaussians: few,
        views: [{ camera: small, background: [0, 0, 0], target: noise(small, 1), frame: 2 }],
        steps: 1,
        rates: {},
      }),
      /^fit\.views\[0\]\.frame: expected a whole number below 0, got 2; /,
    ],
  ];
  for (const [work, message] of wrong) {
    const error = await caught(work);
    expect(error.message).toMatch(message);
    expect(['splat.input', 'splat.state']).toContain(error.code);
  }
  expect(digest(await gpu.render(few, small, [0, 0, 0]))).toBe(before);
});

test('a fit whose parameters stop being numbers is ended by name', async (context) => {
  if (gpu === undefined) return context.skip(NO_ADAPTER);
  const error = await caught(
    gpu.fit({
      gaussians: few,
      views: [{ camera: small, background: [0, 0, 0], target: noise(small, 1) }],
      steps: 3,
      rates: { logScales: 1e38, means: 3e38 },
    }),
  );
  expect(error.message).toMatch(/^fit\.\w+: expected (finite numbers|a finite loss), got .*; /);
});

test('a driver in software is not chosen by itself, and --device cpu never asks for one', async () => {
  for (const device of ['auto', 'cpu'] as const) {
    const rasterizer = await openRasterizer({ device });
    if (device === 'cpu') expect(rasterizer.device).toBe('cpu');
    else expect(rasterizer.name).not.toMatch(/swiftshader/i);
    rasterizer.dispose();
  }
});

test('a device lost within a frame is a named error, and the next frame works until dispose', async (context) => {
  if (gpu === undefined) return context.skip(NO_ADAPTER);
  const before = digest(await gpu.render(few, small, [0, 0, 0]));
  const { device } = await sharedDevice();
  const lost = caught(gpu.render(few, small, [0, 0, 0]));
  device.destroy();
  expect(await lost).toMatchObject({
    code: 'splat.device',
    message: expect.stringMatching(/^render\.device: .* got a device that was lost \(.*\); call again/),
  });
  expect(digest(await gpu.render(few, small, [0, 0, 0]))).toBe(before);
  gpu.dispose();
  expect(await caught(gpu.render(few, small, [0, 0, 0]))).toMatchObject({
    code: 'splat.state',
    message: expect.stringMatching(/disposed; create another$/),
  });
});
