/**
 * Tasks that do nothing, over NATS with four workers, against the embedded transport with four threads, and against a
 * bare publish-fetch-ack loop of JetStream with four consumers; then a gibibyte of artifacts through the object store,
 * beside as many bare bytes.
 *
 *   node_modules/.bin/node libs/platform/runner/bench/cluster.bench.ts [tasks, default 10000] [MiB, default 1024]
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AckPolicy, RetentionPolicy } from '@nats-io/jetstream';
import { openDiskStore } from '@soliloquy/artifacts';
import { parseGraph } from '@soliloquy/graph';
import { freePort, startNatsServer } from '@soliloquy/testing';
import { takeOne } from '../src/cluster/delivery.ts';
import { openCluster, openPlace } from '../src/cluster/index.ts';
import { loadRegistry, prepareGraph, runGraph, WorkerPool, type RunOptions } from '../src/index.ts';
import { processorMs } from './processor-time.ts';

const [tasks, mebibytes] = [Number(process.argv[2] ?? 10_000), Number(process.argv[3] ?? 1024)];
const WORKERS = 4;
const ROUNDS = 4;
const PIECE_MIB = 64;
/** As the artifacts' bucket has them. */
const [CHUNK, ON_THE_WAY] = [512 * 1024, 8];
const registryModule = new URL('../test/fixture/stages.ts', import.meta.url).href;

const home = mkdtempSync(join(tmpdir(), 'soliloquy-bench-'));
const monitor = await freePort();
const server = await startNatsServer({ http: `127.0.0.1:${monitor}` });
const registry = await loadRegistry(registryModule);
const cluster = await openCluster({ url: server.url }, 'bench');
const workers: ChildProcess[] = [];
try {
  console.log(
    `commit ${execFileSync('git', ['rev-parse', '--short', 'HEAD']).toString().trim()}, nats-server ` +
      `${cluster.connection.info?.version}, Node ${process.versions.node}, ${cpus()[0].model}, ` +
      `${availableParallelism()} cores, ${tasks} tasks in ${ROUNDS} rounds, ${WORKERS} workers`,
  );
  await Promise.all(Array.from({ length: WORKERS }, (_, at) => startWorker(at)));
  const per = Math.ceil(tasks / ROUNDS);
  await embedded(0, 40);
  await overNats(0, 40);
  await bare(40);
  const sides = { embedded: [] as Cost[], NATS: [] as Cost[], bare: [] as Cost[] };
  for (let round = 1; round <= ROUNDS; round++) {
    sides.bare.push(await bare(per));
    sides.embedded.push(await embedded(round, per));
    sides.NATS.push(await overNats(round, per));
    console.log(
      `round ${round}: ${Object.entries(sides)
        .map(([side, costs]) => `${side} ${(per / costs[round - 1].seconds).toFixed(0)}`)
        .join(', ')} tasks a second`,
    );
  }
  const total = per * ROUNDS;
  const sum = (costs: readonly Cost[], of: (cost: Cost) => number): number =>
    costs.reduce((all, cost) => all + of(cost), 0);
  const [seconds, bareSeconds] = [sides.embedded, sides.bare].map((costs) => sum(costs, (cost) => cost.seconds));
  for (const [side, costs] of Object.entries(sides)) {
    const took = sum(costs, (cost) => cost.seconds);
    console.log(
      `${side.padEnd(9)} ${(total / took).toFixed(0).padStart(5)} tasks/s, ` +
        `${((took / total) * 1000).toFixed(2).padStart(6)} ms a task, ${(seconds / took).toFixed(2)} of embedded, ` +
        `${(bareSeconds / took).toFixed(3)} of bare`,
    );
    const per1 = (of: keyof Cost, digits = 2): string => (sum(costs, (cost) => cost[of]) / total).toFixed(digits);
    console.log(
      `          processor ms a task: runner ${per1('runnerMs')}, workers ${per1('workersMs')}, server ` +
        `${per1('serverMs')}; messages a task: ${per1('messagesIn', 1)} to the server, ${per1('messagesOut', 1)} ` +
        `from it; bytes ${per1('bytesIn', 0)} and ${per1('bytesOut', 0)}`,
    );
  }
  for (const stream of await cluster.manager.streams.list().next())
    if (stream.state.messages > 0)
      console.log(
        `${stream.config.name}: ${stream.state.messages} messages, ` +
          `${(stream.state.bytes / (total + 40)).toFixed(0)} bytes a task`,
      );
  if (mebibytes > 0) await artifacts();
} finally {
  for (const worker of workers) worker.kill('SIGKILL');
  await cluster.close();
  await server.stop();
  rmSync(home, { recursive: true, force: true });
}
process.exit(0);

async function embedded(round: number, count: number): Promise<Cost> {
  const folder = join(home, `embedded-${round}`);
  const store = await openDiskStore(join(home, 'embedded-store'));
  const transport = new WorkerPool({
    registryModule,
    registry,
    store,
    scratchFolder: join(folder, 'scratch'),
    threads: WORKERS,
  });
  return run(folder, round, count, { store, transport }).finally(() => transport.close());
}

async function overNats(round: number, count: number): Promise<Cost> {
  const { close, ...place } = await openPlace(
    { url: server.url },
    await openDiskStore(join(home, 'runner-store'), { synced: false }),
    registry,
    { onCancel: () => {} },
  );
  try {
    return await run(join(home, `nats-${round}`), round, count, place);
  } finally {
    await close();
  }
}

async function run(
  folder: string,
  round: number,
  count: number,
  place: Pick<RunOptions, 'store' | 'transport' | 'openLog'>,
): Promise<Cost> {
  // What each task makes is new to both stores: another amount in every round.
  const document = {
    format: 1,
    name: 'nothing',
    nodes: {
      clips: { stage: 'count@1', params: { count } },
      it: { stage: 'add@1', params: { amount: 1e5 * (round + 1) } },
    },
    edges: ['clips.value -> it.value'],
  };
  const graph = prepareGraph(parseGraph(JSON.stringify(document), { path: 'bench.json' }), registry);
  const before = await traffic();
  let began = spent();
  let ended = began;
  let finished = 0;
  const { status, failures } = await runGraph({
    graph,
    inputs: new Map(),
    stateFolder: folder,
    outFolder: join(folder, 'out'),
    versions: {},
    signal: new AbortController().signal,
    listen: (event) => {
      // From the first of the many to the last: starting processes and the one task that makes the axis are not
      // counted.
      if (event.type === 'node-expanded' && event.node === 'it') began = spent();
      if (event.type === 'task-finished' && event.node === 'it' && ++finished === count) ended = spent();
    },
    ...place,
  });
  if (status !== 'done') throw new Error(failures[0].message);
  return { ...difference(began, ended), ...difference(before, await traffic()) };
}

interface Spent {
  readonly seconds: number;
  /** Processor time: of this process; of worker processes, of either transport; of nats-server. */
  readonly runnerMs: number;
  readonly workersMs: number;
  readonly serverMs: number;
}

interface Traffic {
  /** To and from the server, with requests and answers, of everybody. */
  readonly messagesIn: number;
  readonly messagesOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

type Cost = Spent & Traffic;

function spent(): Spent {
  const { user, system } = process.cpuUsage();
  const runnerMs = (user + system) / 1000;
  const serverMs = processorMs(server.pid);
  return {
    seconds: performance.now() / 1000,
    runnerMs,
    serverMs,
    workersMs: processorMs(process.pid) - serverMs - runnerMs,
  };
}

async function traffic(): Promise<Traffic> {
  const { in_msgs, out_msgs, in_bytes, out_bytes } = (await (
    await fetch(`http://127.0.0.1:${monitor}/varz`)
  ).json()) as Record<string, number>;
  return { messagesIn: in_msgs, messagesOut: out_msgs, bytesIn: in_bytes, bytesOut: out_bytes };
}

function difference<T extends object>(before: T, after: T): T {
  return Object.fromEntries(
    Object.entries(after).map(([key, value]) => [key, (value as number) - (before as Record<string, number>)[key]]),
  ) as T;
}

/**
 * What JetStream itself takes to publish, fetch and acknowledge as many messages of the size of a task, with as many
 * consumers at a time.
 */
async function bare(count: number): Promise<Cost> {
  const stream = 'BARE';
  await cluster.manager.streams.add({ name: stream, subjects: ['bare.>'], retention: RetentionPolicy.Workqueue });
  await cluster.manager.consumers.add(stream, { durable_name: 'bare', ack_policy: AckPolicy.Explicit });
  const payload = 'x'.repeat(600);
  const before = await traffic();
  const began = spent();
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
  const cost = { ...difference(began, spent()), ...difference(before, await traffic()) };
  await cluster.manager.streams.delete(stream);
  return cost;
}

async function artifacts(): Promise<void> {
  await bareTransfer();
  const program = fileURLToPath(new URL('./one-machine.ts', import.meta.url));
  for (const what of ['send', 'bring'] as const) {
    // A machine of its own each, so that memory is that of the transfer.
    const child = spawn(
      process.execPath,
      [
        program,
        server.url,
        what,
        join(home, `machine-${what}`),
        join(home, 'digests.json'),
        String(mebibytes),
        String(PIECE_MIB),
        randomBytes(4).readUInt32LE().toString(),
      ],
      { stdio: 'inherit' },
    );
    await new Promise<void>((resolve, reject) =>
      child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${what} ended with ${code}`)))),
    );
  }
  console.log(
    'nats-server: ' +
      `${Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) >> 10} MiB at most`,
  );
}

/**
 * As many bytes from memory into a stream and back, in chunks as large and as many on the way: no disk of ours, no
 * digest, no names.
 */
async function bareTransfer(): Promise<void> {
  const stream = 'BARE_BYTES';
  await cluster.manager.streams.add({ name: stream, subjects: ['bytes'], allow_direct: true });
  const chunk = randomBytes(CHUNK);
  const count = mebibytes * (2 ** 20 / CHUNK);
  let began = performance.now();
  const sent: Promise<unknown>[] = [];
  for (let at = 0; at < count; at++) {
    if (sent.length >= ON_THE_WAY) await sent.shift();
    sent.push(cluster.js.publish('bytes', chunk, { timeout: 30_000 }));
  }
  await Promise.all(sent);
  const put = mebibytes / ((performance.now() - began) / 1000);
  began = performance.now();
  for (let seq = 1; seq <= count; seq++)
    await cluster.manager.direct.getMessage(stream, { seq, next_by_subj: 'bytes' });
  const get = mebibytes / ((performance.now() - began) / 1000);
  await cluster.manager.streams.delete(stream);
  console.log(
    `bare  ${mebibytes} MiB in chunks of ${CHUNK / 1024} KiB, ${ON_THE_WAY} on the way: put ${put.toFixed(0)} ` +
      `MiB/s, get ${get.toFixed(0)} MiB/s`,
  );
}

async function startWorker(at: number): Promise<void> {
  const program = fileURLToPath(new URL('../test/fixture/cluster-worker.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    [
      program,
      JSON.stringify({ access: { url: server.url }, registryModule, folder: join(home, `worker-${at}`), threads: 1 }),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  workers.push(child);
  await new Promise<void>((resolve) =>
    child.stdout.on('data', (data: Buffer) => void (data.toString().includes('joined') && resolve())),
  );
}
