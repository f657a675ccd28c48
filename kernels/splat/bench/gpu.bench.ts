// npm run bench:gpu
// Every stage of a step on the GPU: projection, sort, rasterisation, loss, backward, Adam; milliseconds by the
// adapter's own clock, medians, against the rooflines of memory and arithmetic. Peaks of another card: PEAK_GBPS=4800
// PEAK_TFLOPS=67. SIZES=tiny makes it short, for an adapter in software.
import { openWebGpu } from '@soliloquy/device/webgpu';
import { Kernels } from '../src/gpu/gpu-kernels.ts';
import { FLAG_ACCUMULATE, STATE_BYTES, STATE_ENTRIES, STATE_VISIBLE } from '../src/gpu/gpu-layout.ts';
import { GpuReader } from '../src/gpu/gpu-reader.ts';
import { FIRST_FRAME, GpuScene, onePass, STAGES, tilesOf, type Recorder } from '../src/gpu/gpu-scene.ts';
import { frameOf, lossFactors, uploadGaussians } from '../src/gpu/gpu-upload.ts';
import { person } from './scenes.ts';

// An H200's; `../README.md` says where the bytes come from.
const PEAK_GBPS = Number(process.env.PEAK_GBPS ?? 4800);
const PEAK_TFLOPS = Number(process.env.PEAK_TFLOPS ?? 67);
/** Bytes a visible Gaussian at 6 tiles, forward, and with backward and Adam. */
const BYTES = { forward: 1070, all: 3400 } as const;
/** Floating-point operations of one pixel and Gaussian, forward and backward (an exponential counts as 4). */
const FLOPS = { forward: 20, backward: 60 } as const;

const tiny = process.env.SIZES === 'tiny';
const ROUNDS = tiny ? 3 : 30;
const SIZES = tiny
  ? [[500, 64]]
  : [10_000, 100_000, 1_000_000].flatMap((count) => [
      [count, 512],
      [count, 1024],
    ]);
const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1];

const gpu = await openWebGpu();
const { device } = gpu;
const shuffles = gpu.subgroupSize !== undefined && gpu.subgroupSize >= 32;
const kernels = new Kernels(device, { lanes: 32, subgroups: shuffles });
await kernels.need('draw', 'differentiate', 'compare', 'optimise');
console.log(
  `${gpu.name}; subgroups ${gpu.subgroupSize ?? 'none'}, backward by ` +
    `${shuffles ? 'shuffles' : 'workgroup memory'}; timestamps ` +
    `${gpu.timestamps ? 'yes' : 'no: wall clock of whole steps only'}; peaks ${PEAK_GBPS} GB/s, ${PEAK_TFLOPS} ` +
    'TFLOP/s',
);
console.log(
  'Gaussians  side  visible  entries  MiB  dispatches fwd/all |' +
    STAGES.map((stage) => stage.padStart(11)).join('') +
    ' |    forward (x memory, x arithmetic)        all (x memory, x arithmetic)  ms',
);

for (const [count, side] of SIZES) {
  const { gaussians, camera } = person(count, side, side, 1);
  const pixels = side * side;
  const [tilesX, tilesY] = tilesOf(camera);
  const scene = new GpuScene(device, kernels);
  const reader = new GpuReader(device);
  const entries = Math.max(8 * count, (4 * pixels) / 16);
  await scene.reserve({
    count,
    rest: 0,
    frames: 0,
    pixels,
    tiles: tilesX * tilesY,
    allPixels: pixels,
    stepTiles: tilesX * tilesY,
    backgroundPixels: 0,
    entries,
    uniforms: FIRST_FRAME + 3,
    backward: true,
    adam: true,
    bounded: false,
  });
  uploadGaussians(scene, gaussians, undefined);
  scene.clearState();
  const frame = frameOf(gaussians, { camera, background: [1, 1, 1] }, { compensate: false, capacity: entries });
  scene.writeFrame(FIRST_FRAME, {
    ...frame,
    flags: frame.flags & ~FLAG_ACCUMULATE,
    loss: lossFactors(0.2, 3 * pixels, 0, pixels),
  });
  scene.writeUniform(FIRST_FRAME + 1, Uint32Array.of(tilesX * tilesY, 1, 0, 0));
  const adam = new DataView(new ArrayBuffer(112));
  // rates of 0 would be left out: as small as changes nothing
  [3, 7, 10, 11, 14, 14].forEach((end, i) => {
    adam.setUint32(16 + 4 * i, end * count, true);
    adam.setFloat32(48 + 4 * i, 1e-12, true);
  });
  adam.setUint32(0, 14 * count, true);
  [0.9, 0.999, 1e-15].forEach((value, i) => adam.setFloat32(80 + 4 * i, value, true));
  adam.setFloat32(96, 10, true);
  adam.setFloat32(100, 1000, true);
  scene.writeUniform(FIRST_FRAME + 2, adam);

  const queries = gpu.timestamps ? device.createQuerySet({ type: 'timestamp', count: 2 * STAGES.length }) : undefined;
  const resolved = device.createBuffer({
    size: 16 * STAGES.length,
    usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
  });
  const times = new Map(STAGES.map((stage) => [stage, [] as number[]]));
  const wall: number[] = [];
  let dispatches = [0, 0];
  let state = new Uint32Array(STATE_BYTES / 4);
  for (let round = -3; round < ROUNDS; round++) {
    const encoder = device.createCommandEncoder();
    let pass: GPUComputePassEncoder | undefined;
    const timed: Recorder = {
      begin(stage) {
        const i = 2 * STAGES.indexOf(stage);
        return (pass = encoder.beginComputePass(
          queries === undefined
            ? {}
            : { timestampWrites: { querySet: queries, beginningOfPassWriteIndex: i, endOfPassWriteIndex: i + 1 } },
        ));
      },
      end: () => pass?.end(),
    };
    const whole = onePass(encoder);
    const recorder = queries === undefined ? whole : timed;
    const start = performance.now();
    scene.dispatches = 0;
    scene.clearFrame(encoder, count);
    scene.forward(recorder, FIRST_FRAME, count, camera);
    dispatches = [scene.dispatches, 0];
    scene.loss(recorder, FIRST_FRAME, camera);
    scene.backward(recorder, FIRST_FRAME, count, camera);
    scene.optimise(recorder, FIRST_FRAME + 1, [{ block: FIRST_FRAME + 2, numbers: 14 * count, of: 'params' }]);
    dispatches[1] = scene.dispatches;
    whole.finish();
    if (queries !== undefined) encoder.resolveQuerySet(queries, 0, 2 * STAGES.length, resolved, 0);
    const [stamps, words] = await reader.read(encoder, [
      [resolved, 0, 16 * STAGES.length],
      [scene.buffers.get('state'), 0, STATE_BYTES],
    ]);
    state = new Uint32Array(words);
    if (round < 0) continue;
    wall.push(performance.now() - start);
    const ticks = new BigUint64Array(stamps);
    for (const [i, stage] of STAGES.entries()) times.get(stage)?.push(Number(ticks[2 * i + 1] - ticks[2 * i]) / 1e6);
  }
  const ms = STAGES.map((stage) => median(times.get(stage) ?? [0]));
  const forward = queries === undefined ? Number.NaN : ms[0] + ms[1] + ms[2];
  const all = queries === undefined ? median(wall) : ms.reduce((sum, value) => sum + value, 0);
  const [visible, asked] = [state[STATE_VISIBLE], state[STATE_ENTRIES]];
  const byMemory = (bytes: number): number => (visible * bytes) / PEAK_GBPS / 1e6;
  const byArithmetic = (flops: number): number => (asked * 256 * flops) / PEAK_TFLOPS / 1e9;
  const ratio = (value: number, bytes: number, flops: number): string =>
    `${value.toFixed(3).padStart(9)} (${(value / byMemory(bytes)).toFixed(1)}x, ` +
    `${(value / byArithmetic(flops)).toFixed(1)}x)`;
  const cells = [count, side, visible, asked, Math.round(scene.buffers.bytes / 2 ** 20)]
    .map((value) => String(value).padStart(8))
    .join(' ');
  console.log(
    `${cells}  ${dispatches.join('/').padStart(10)}        ` +
      `|${ms.map((value) => value.toFixed(3).padStart(11)).join('')} | ` +
      `${ratio(forward, BYTES.forward, FLOPS.forward)}  ${ratio(all, BYTES.all, FLOPS.forward + FLOPS.backward)}`,
  );
  if (asked > entries) console.log(`  ${asked} entries, room for ${entries}: the numbers of this row are of less work`);
  scene.buffers.destroy();
}
device.destroy();
