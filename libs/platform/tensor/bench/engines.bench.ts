/**
 * Forward pass and training step (AdamW, clipping) of four networks on this library's executors and on PyTorch, interleaved; figures are medians of wall clock and,
 * in brackets, of processor time, which other work on the machine disturbs less.
 * Run: node libs/platform/tensor/bench/engines.bench.ts [--device webgpu|cuda] [--cases abcd] [--rounds 9] [--threads 2] [--slow]
 * PyTorch takes part where /usr/bin/python3 has torch (Debian: python3-torch); `--slow` adds jax-js and TensorFlow.js on WebAssembly, one round each.
 */
import { execFileSync, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { numpy as np } from '@jax-js/jax';
import type { Device, ExecutionOptions, Tensor } from '../src/index.ts';
import { compile, createRng, createTrainer } from '../src/index.ts';
import { NETWORKS } from './networks.ts';
import type { Network } from './networks.ts';

const { values } = parseArgs({ options: { device: { type: 'string', default: 'cpu' }, cases: { type: 'string', default: 'abcd' }, rounds: { type: 'string', default: '9' }, threads: { type: 'string', default: '2' }, slow: { type: 'boolean', default: false } } });
const device = values.device as Device;
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

async function ours(name: string, network: Network, options: ExecutionOptions & { fuse?: boolean; rounds?: number; [key: string]: unknown }): Promise<Contender> {
  const began = performance.now();
  const program = await compile((p, batch) => network.forward(p as never, batch as never), [network.params, network.batch], options);
  const trainer = await createTrainer({ ...options, params: network.params, batchExample: network.batch, loss: (p, batch) => network.loss(p as never, batch as never), optimizer: { kind: 'adamw', learningRate: 1e-4, clipNorm: 1 } });
  const { inputs, activations, outputs } = trainer.memory;
  if (name === 'onnx') console.log(`  compiled in ${(performance.now() - began).toFixed(0)} ms (forward and step); a step needs ${mib(inputs)} of inputs and state, ${mib(activations)} of activations, ${mib(outputs)} of results; ${Object.values(trainer.operators).reduce((a, b) => a + b)} nodes`);
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

async function timed(run: () => Promise<unknown>): Promise<Cost> {
  const [start, busy] = [performance.now(), process.cpuUsage()];
  await run();
  const { user, system } = process.cpuUsage(busy);
  return [performance.now() - start, (user + system) / 1e3];
}

/** PyTorch in a process of its own; undefined where there is none. */
async function torchPeer(): Promise<{ version: string; ask(line: string): Promise<Cost>; end(): void } | undefined> {
  try {
    execFileSync('/usr/bin/python3', ['-c', 'import torch'], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  const child = spawn('/usr/bin/python3', [new URL('torch-peer.py', import.meta.url).pathname, String(threads)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const version = (await lines.next()).value as string;
  return {
    version,
    async ask(line) {
      child.stdin.write(`${line}\n`);
      const [wall, processor] = String((await lines.next()).value).split(' ').map(Number);
      return [wall, processor];
    },
    end: () => child.stdin.end(),
  };
}

async function wasmTensorFlow(): Promise<unknown> {
  const tf = await import('@tensorflow/tfjs-core');
  const wasm = await import('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(`${dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm'))}/`);
  await tf.setBackend('wasm');
  await tf.ready();
  return tf;
}

const median = (list: readonly Cost[]): Cost => {
  const middle = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(list.length / 2)];
  return [middle(list.map(([wall]) => wall)), middle(list.map(([, processor]) => processor))];
};
const show = ([wall, processor]: Cost, base: Cost) => `${wall.toFixed(1).padStart(8)} ms ${(wall / base[0]).toFixed(2).padStart(5)}x (${processor.toFixed(0)} ms ${(processor / base[1]).toFixed(2)}x)`;
const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
const torch = device === 'cpu' ? await torchPeer() : undefined;
console.log(`commit ${commit}, ${device}, ${threads} thread(s) of ${cpus().length} x ${cpus()[0].model}; PyTorch ${torch?.version ?? 'is not there'}`);

const rng = createRng(1);
const square: Tensor[] = [rng.normal([1024, 1024]), rng.normal([1024, 1024])];
const gemm = await compile((a: np.Array, b: np.Array) => np.matmul(a, b), square as [Tensor, Tensor], { device, threads });
const gemmTimes: Cost[] = [];
const measureGemm = async () => void gemmTimes.push(await timed(() => gemm.run(...(square as [Tensor, Tensor]))));
await measureGemm();
gemmTimes.length = 0;

for (const network of NETWORKS.filter(({ name }) => values.cases.includes(name[0]))) {
  console.log(`\n${network.name}`);
  const contenders = [await ours('onnx', network, { device, threads }), await ours('onnx, fused', network, { device, threads, fuse: true })];
  if (torch !== undefined) {
    contenders.push({ name: 'PyTorch', rounds, forward: () => torch.ask(`${network.name[0]} forward`), step: () => torch.ask(`${network.name[0]} step`), dispose: async () => {} });
  }
  if (values.slow) {
    contenders.push(await ours('jax-js wasm', network, { executor: 'jax', rounds: 1 }), await ours('TensorFlow.js wasm', network, { executor: 'tensorflow', tensorflow: await wasmTensorFlow(), rounds: 1 }));
  }
  const times = contenders.map(() => ({ forward: [] as Cost[], step: [] as Cost[] }));
  for (let round = -1; round < rounds; round++) {
    await measureGemm();
    for (const [i, contender] of contenders.entries()) {
      if (round >= contender.rounds) continue;
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
    const share = (100 * speed * peak * 1e6) / (2 * 1024 ** 3);
    console.log(`  ${name.padEnd(18)} forward ${show(forward, median(base.forward))}   step ${show(step, median(base.step))}   ${speed.toFixed(1)} GFLOP/s, ${share.toFixed(0)} % of Gemm`);
  }
  for (const contender of contenders) await contender.dispose();
}
const [wall, processor] = median(gemmTimes);
console.log(`\n1024² Gemm: ${((2 * 1024 ** 3) / wall / 1e6).toFixed(1)} GFLOP/s, ${((2 * 1024 ** 3) / processor / 1e6).toFixed(1)} a thread`);
torch?.end();
