/**
 * Forward pass and training step (AdamW, clipping) of four networks on this library's executors and on PyTorch,
 * interleaved; figures are medians of wall clock and, in brackets, of processor time, which other work on the machine
 * disturbs less.
 * Run: node libs/platform/tensor/bench/engines.bench.ts [--device webgpu|cuda] [--compute f16|bf16] [--cases abcd]
 * [--rounds 9] [--threads 2] [--slow] [--tiny] [--compile] PyTorch takes part where /usr/bin/python3 has torch (Debian:
 * python3-torch); `--slow` adds jax-js and TensorFlow.js on WebAssembly, one round each; `--tiny`, or SIZES=tiny, makes
 * the networks small enough for an adapter in software; `--compile` times compiling alone, of the DiT `small` and
 * `paper`.
 */
import { execFileSync, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { numpy as np } from '@jax-js/jax';
import { probeWebGpu } from '@soliloquy/device';
import {
  compile,
  createRng,
  createTrainer,
  type Compute,
  type Device,
  type ExecutionOptions,
  type Tensor,
} from '../src/index.ts';
import { motionDit, NETWORKS, TINY_NETWORKS, type Network } from './networks.ts';
import { profileStep } from './profile-step.ts';

const { values } = parseArgs({
  options: {
    device: { type: 'string', default: 'cpu' },
    compute: { type: 'string', default: 'f32' },
    tiny: { type: 'boolean', default: process.env.SIZES === 'tiny' },
    compile: { type: 'boolean', default: false },
    cases: { type: 'string', default: 'abcd' },
    rounds: { type: 'string', default: '9' },
    threads: { type: 'string', default: '2' },
    slow: { type: 'boolean', default: false },
  },
});
const device = values.device as Device;
const compute = values.compute as Compute;
const [rounds, threads] = [Number(values.rounds), Number(values.threads)];

/** Milliseconds of wall clock and of processor time, of all threads. */
type Cost = readonly [wall: number, processor: number];

interface Contender {
  readonly name: string;
  readonly rounds: number;
  forward(): Promise<Cost>;
  step(): Promise<Cost>;
  dispose(): Promise<void>;
}

const trainerOf = (network: Network, options: ExecutionOptions) =>
  createTrainer({
    ...options,
    params: network.params,
    batchExample: network.batch,
    loss: (p, batch) => network.loss(p as never, batch as never),
    optimizer: { kind: 'adamw', learningRate: 1e-4, clipNorm: 1 },
  });

async function ours(
  name: string,
  network: Network,
  options: ExecutionOptions & { fuse?: boolean; rounds?: number; [key: string]: unknown },
): Promise<Contender> {
  const program = await compile(
    (p, batch) => network.forward(p as never, batch as never),
    [network.params, network.batch],
    options,
  );
  const resident = process.memoryUsage().rss;
  const began = performance.now();
  const trainer = await trainerOf(network, options);
  const took = performance.now() - began;
  if (name === 'onnx') {
    const { inputs, activations, outputs, total } = trainer.memory;
    await trainer.step(network.batch);
    await trainer.step(network.batch);
    const parameters = trainer.layout.reduce((sum, { shape }) => sum + 4 * shape.reduce((a, b) => a * b, 1), 0);
    console.log(
      `  step compiled in ${took.toFixed(0)} ms, ${Object.values(trainer.operators).reduce((a, b) => a + b)} ` +
        `nodes; needs ${mib(inputs)} of inputs and state (parameters ${mib(parameters)}), ${mib(activations)} of ` +
        `activations, ${mib(outputs)} of results: ${mib(total)}; the process grew by ` +
        `${mib(process.memoryUsage().rss - resident)}`,
    );
    const { dispatches, onHost, hostMs, wallMs } = await profileStep(trainer.onnx, device, threads);
    if (device !== 'cpu')
      console.log(
        `  ${dispatches} dispatches and ${onHost} kernels on the processor a step; the host is at work for ` +
          `${hostMs.toFixed(1)} of ${wallMs.toFixed(1)} ms (${((100 * hostMs) / wallMs).toFixed(0)} %)`,
      );
  }
  return {
    name,
    rounds: options.rounds ?? rounds,
    forward: () => timed(() => program.run(network.params, network.batch)),
    step: () => timed(() => trainer.step(network.batch)),
    async dispose() {
      await program.dispose();
      await trainer.dispose();
    },
  };
}

/** Trace, differentiate, lower and load a training step, and nothing else. */
async function timeCompiling(network: Network): Promise<void> {
  const began = performance.now();
  const trainer = await trainerOf(network, { device, threads });
  const parameters = trainer.layout.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  console.log(
    `${network.name}: ${(parameters / 1e6).toFixed(1)} M parameters, step compiled in ` +
      `${((performance.now() - began) / 1e3).toFixed(2)} s`,
  );
  await trainer.dispose();
}

async function timed(run: () => Promise<unknown>): Promise<Cost> {
  const [start, busy] = [performance.now(), process.cpuUsage()];
  await run();
  const { user, system } = process.cpuUsage(busy);
  return [performance.now() - start, (user + system) / 1e3];
}

interface TorchPeer {
  readonly name: string;
  readonly version: string;
  ask(line: string): Promise<Cost>;
  end(): void;
}

/**
 * PyTorch as it comes, and with its BLAS held to one thread: Debian's has two pools of threads, OpenMP's and
 * OpenBLAS's, which on small products wait for each other. Large products want the second pool.
 */
const TORCH = { PyTorch: {}, 'PyTorch, BLAS 1': { OPENBLAS_NUM_THREADS: '1' } } as const;

/** PyTorch in a process of its own; undefined where there is none. */
async function torchPeer(name: keyof typeof TORCH): Promise<TorchPeer | undefined> {
  try {
    execFileSync('/usr/bin/python3', ['-c', 'import torch'], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  const child = spawn('/usr/bin/python3', [new URL('torch-peer.py', import.meta.url).pathname, String(threads)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...TORCH[name] },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const version = (await lines.next()).value as string;
  return {
    name,
    version,
    async ask(line) {
      child.stdin.write(`${line}\n`);
      const [wall, processor] = String((await lines.next()).value)
        .split(' ')
        .map(Number);
      return [wall, processor];
    },
    end: () => child.stdin.end(),
  };
}

async function wasmTensorFlow(): Promise<unknown> {
  const tf = await import('@tensorflow/tfjs-core');
  const wasm = await import('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(
    `${dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm'))}/`,
  );
  await tf.setBackend('wasm');
  await tf.ready();
  return tf;
}

const median = (list: readonly Cost[]): Cost => {
  const middle = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(list.length / 2)];
  return [middle(list.map(([wall]) => wall)), middle(list.map(([, processor]) => processor))];
};
const show = ([wall, processor]: Cost, base: Cost) =>
  `${wall.toFixed(1).padStart(8)} ms ${(wall / base[0]).toFixed(2).padStart(5)}x (${processor.toFixed(0)} ms ` +
  `${(processor / base[1]).toFixed(2)}x)`;
const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
const peers: TorchPeer[] = [];
if (device === 'cpu' && !values.tiny)
  for (const name of Object.keys(TORCH) as (keyof typeof TORCH)[])
    peers.push(...[await torchPeer(name)].filter((peer) => peer !== undefined));
const adapter = device === 'webgpu' ? `webgpu (${(await probeWebGpu(60_000)).detail})` : device;
console.log(
  `commit ${commit}, ${adapter}, ${compute}, ${threads} thread(s) of ${cpus().length} x ${cpus()[0].model}; ` +
    `PyTorch ${peers[0]?.version ?? 'is not there'}`,
);
if (values.compile) {
  for (const peer of peers) peer.end();
  await timeCompiling(motionDit({ B: 6, T: 125, width: 128, layers: 4 }));
  // The sizes of graphs/quickstart.json's `paper`.
  await timeCompiling(motionDit({ B: 6, T: 125, width: 768, layers: 14 }, 'paper'));
  process.exit();
}

const rng = createRng(1);
const side = values.tiny ? 128 : 1024;
const square: Tensor[] = [rng.normal([side, side]), rng.normal([side, side])];
const gemm = await compile((a: np.Array, b: np.Array) => np.matmul(a, b), square as [Tensor, Tensor], {
  device,
  threads,
  compute,
});
const gemmTimes: Cost[] = [];
const measureGemm = async () => void gemmTimes.push(await timed(() => gemm.run(...(square as [Tensor, Tensor]))));
await measureGemm();
gemmTimes.length = 0;

for (const network of (values.tiny ? TINY_NETWORKS : NETWORKS).filter(({ name }) => values.cases.includes(name[0]))) {
  console.log(`\n${network.name}`);
  const contenders = [
    await ours('onnx', network, { device, threads, compute }),
    await ours('onnx, fused', network, { device, threads, compute, fuse: true }),
  ];
  for (const { name, ask } of peers)
    contenders.push({
      name,
      rounds,
      forward: () => ask(`${network.name[0]} forward`),
      step: () => ask(`${network.name[0]} step`),
      dispose: async () => {},
    });
  if (values.slow) {
    contenders.push(
      await ours('jax-js wasm', network, { executor: 'jax', rounds: 1 }),
      await ours('TensorFlow.js wasm', network, {
        executor: 'tensorflow',
        tensorflow: await wasmTensorFlow(),
        rounds: 1,
      }),
    );
  }
  const times = contenders.map(() => ({ forward: [] as Cost[], step: [] as Cost[] }));
  for (let round = -1; round < rounds; round++) {
    await measureGemm();
    for (const [i, contender] of contenders.entries()) {
      // What takes minutes is not warmed up.
      if (round >= contender.rounds || (round < 0 && contender.rounds < rounds)) continue;
      const [forward, step] = [await contender.forward(), await contender.step()];
      if (round < 0) continue;
      times[i].forward.push(forward);
      times[i].step.push(step);
    }
  }
  const peak = median(gemmTimes)[0];
  const [base] = times;
  for (const [i, { name }] of contenders.entries()) {
    const [forward, step] = [median(times[i].forward), median(times[i].step)];
    const speed = (3 * network.operations) / step[0] / 1e6;
    const share = (100 * speed * peak * 1e6) / (2 * side ** 3);
    console.log(
      `  ${name.padEnd(18)} forward ${show(forward, median(base.forward))}   step ` +
        `${show(step, median(base.step))}   ${speed.toFixed(1)} GFLOP/s, ${share.toFixed(0)} % of Gemm`,
    );
  }
  for (const contender of contenders) await contender.dispose();
}
const [wall, processor] = median(gemmTimes);
console.log(
  `\n${side}² Gemm: ${((2 * side ** 3) / wall / 1e6).toFixed(1)} GFLOP/s, ` +
    `${((2 * side ** 3) / processor / 1e6).toFixed(1)} a thread`,
);
for (const peer of peers) peer.end();
