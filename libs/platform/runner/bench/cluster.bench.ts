/**
 * Tasks that do nothing, over NATS with four workers, against the embedded transport with four threads, and against a bare publish-fetch-ack loop of JetStream with four
 * consumers; then a gibibyte of artifacts through the object store.
 *
 *   node_modules/.bin/node libs/platform/runner/bench/cluster.bench.ts [tasks, default 2000] [MiB, default 1024]
 */
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AckPolicy, RetentionPolicy } from '@nats-io/jetstream';
import { openDiskStore } from '@soliloquy/artifacts';
import { parseGraph } from '@soliloquy/graph';
import { startNatsServer } from '@soliloquy/testing';
import { ClusterTransport, openCluster } from '../src/cluster/index.ts';
import { takeOne } from '../src/cluster/delivery.ts';
import { WorkerPool, loadRegistry, prepareGraph, runGraph } from '../src/index.ts';
import type { RunOptions } from '../src/index.ts';

const [tasks, mebibytes] = [Number(process.argv[2] ?? 2000), Number(process.argv[3] ?? 1024)];
const WORKERS = 4;
const ROUNDS = 4;
const PIECE_MIB = 64;
const registryModule = new URL('../test/fixture/stages.ts', import.meta.url).href;

const home = mkdtempSync(join(tmpdir(), 'soliloquy-bench-'));
const server = await startNatsServer();
const registry = await loadRegistry(registryModule);
const cluster = await openCluster({ url: server.url }, 'bench');
const workers: ChildProcess[] = [];
try {
  console.log(`commit ${execFileSync('git', ['rev-parse', '--short', 'HEAD']).toString().trim()}, ${cpus()[0].model}, ${availableParallelism()} cores, ${tasks} tasks in ${ROUNDS} rounds, ${WORKERS} workers`);
  await Promise.all(Array.from({ length: WORKERS }, (_, at) => startWorker(at)));
  const per = Math.ceil(tasks / ROUNDS);
  await embedded(0, 40);
  await overNats(0, 40);
  await bare(40);
  const seconds = { embedded: 0, nats: 0, bare: 0 };
  for (let round = 1; round <= ROUNDS; round++) {
    seconds.bare += await bare(per);
    seconds.embedded += await embedded(round, per);
    seconds.nats += await overNats(round, per);
    console.log(`round ${round}: embedded ${(per / seconds.embedded * round).toFixed(0)}, NATS ${(per / seconds.nats * round).toFixed(0)}, bare ${(per / seconds.bare * round).toFixed(0)} tasks a second so far`);
  }
  const total = per * ROUNDS;
  for (const [side, took] of Object.entries(seconds)) console.log(`${side.padEnd(9)} ${(total / took).toFixed(0).padStart(6)} tasks/s, ${((took / total) * 1000).toFixed(2).padStart(6)} ms a task, ${(seconds.embedded / took).toFixed(2)} of embedded, ${(seconds.bare / took).toFixed(3)} of bare`);
  const { state } = await cluster.manager.streams.info('OBJ_soliloquy-contents');
  console.log(`object store: ${state.messages} messages, ${(state.bytes / total).toFixed(0)} bytes a task`);
  if (mebibytes > 0) await artifacts();
} finally {
  for (const worker of workers) worker.kill('SIGKILL');
  await cluster.close();
  await server.stop();
  rmSync(home, { recursive: true, force: true });
}
process.exit(0);

/** @returns seconds */
async function embedded(round: number, count: number): Promise<number> {
  const folder = join(home, `embedded-${round}`);
  const store = await openDiskStore(join(home, 'embedded-store'));
  const transport = new WorkerPool({ registryModule, registry, storeFolder: store.root, scratchFolder: join(folder, 'scratch'), threads: WORKERS });
  return run(folder, round, count, { store, transport });
}

/** @returns seconds */
async function overNats(round: number, count: number): Promise<number> {
  const folder = join(home, `nats-${round}`);
  const store = await cluster.openStore(await openDiskStore(join(home, 'runner-store')));
  const transport = await ClusterTransport.open(cluster, store, registry);
  return run(folder, round, count, { store, transport, openLog: (identity, name, resume) => transport.openLog(identity, name, resume, () => {}) });
}

async function run(folder: string, round: number, count: number, place: Pick<RunOptions, 'store' | 'transport' | 'openLog'>): Promise<number> {
  const document = { format: 1, name: 'nothing', nodes: { clips: { stage: 'count@1', params: { count } }, it: { stage: 'add@1', params: { amount: round } } }, edges: ['clips.value -> it.value'] };
  const graph = prepareGraph(parseGraph(JSON.stringify(document), { path: 'bench.json' }), registry);
  let began = 0;
  let ended = 0;
  const { status, failures } = await runGraph({
    graph,
    inputs: new Map(),
    stateFolder: folder,
    outFolder: join(folder, 'out'),
    versions: {},
    signal: new AbortController().signal,
    listen: (event) => {
      // From the first of the many to the last: starting processes and the one task that makes the axis are not counted.
      if (event.type === 'node-expanded' && event.node === 'it') began = performance.now();
      if (event.type === 'task-finished' && event.node === 'it') ended = performance.now();
    },
    ...place,
  });
  await place.transport.close();
  if (status !== 'done') throw new Error(failures[0].message);
  return (ended - began) / 1000;
}

/** What JetStream itself takes to publish, fetch and acknowledge as many messages of the size of a task, with as many consumers at a time. @returns seconds */
async function bare(count: number): Promise<number> {
  const stream = 'BARE';
  await cluster.manager.streams.add({ name: stream, subjects: ['bare.>'], retention: RetentionPolicy.Workqueue });
  await cluster.manager.consumers.add(stream, { durable_name: 'bare', ack_policy: AckPolicy.Explicit });
  const payload = 'x'.repeat(600);
  const began = performance.now();
  let taken = 0;
  const take = async (): Promise<void> => {
    while (taken < count) {
      const message = await takeOne(cluster, stream, 'bare');
      if (message === undefined) continue;
      taken++;
      await message.ack();
    }
  };
  const publish = async (): Promise<void> => {
    for (let at = 0; at < count; at++) await cluster.js.publish('bare.task', payload);
  };
  await Promise.all([publish(), ...Array.from({ length: WORKERS }, take)]);
  const seconds = (performance.now() - began) / 1000;
  await cluster.manager.streams.delete(stream);
  return seconds;
}

async function artifacts(): Promise<void> {
  const program = fileURLToPath(new URL('./one-machine.ts', import.meta.url));
  for (const what of ['send', 'bring'] as const) {
    // A machine of its own each, so that memory is that of the transfer.
    const child = spawn(process.execPath, [program, server.url, what, join(home, `machine-${what}`), join(home, 'digests.json'), String(mebibytes), String(PIECE_MIB), randomBytes(4).readUInt32LE().toString()], { stdio: 'inherit' });
    await new Promise<void>((resolve, reject) => child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${what} ended with ${code}`)))));
  }
  console.log(`nats-server: ${Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) >> 10} MiB at most`);
}

async function startWorker(at: number): Promise<void> {
  const program = fileURLToPath(new URL('../test/fixture/cluster-worker.ts', import.meta.url));
  const child = spawn(process.execPath, [program, JSON.stringify({ access: { url: server.url }, registryModule, folder: join(home, `worker-${at}`), threads: 1 })], { stdio: ['ignore', 'pipe', 'inherit'] });
  workers.push(child);
  await new Promise<void>((resolve) => child.stdout.on('data', (data: Buffer) => void (data.toString().includes('joined') && resolve())));
}
