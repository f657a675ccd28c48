import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { seededRandom, type NatsServer } from '@soliloquy/testing';
import { followRun, listDead, type ClusterAccess } from '../src/cluster/index.ts';
import { STREAMS } from '../src/cluster/names.ts';
import type { RunEvent } from '../src/index.ts';
import {
  needsNatsServer,
  notedBy,
  reach,
  runOver,
  serve,
  startWorker,
  sumOf,
  sums,
  type WorkerProcess,
  type WorkerSettings,
} from './fixture/cluster-bench.ts';
import { cuttable } from './fixture/cuttable.ts';
import { HEAVY } from './fixture/port-types.ts';
import { freshFolder, registryModule, type BenchRun } from './fixture/workbench.ts';

needsNatsServer();

const read = (folder: string): string => readFileSync(join(folder, 'out/sum.txt'), 'utf8');

/** A server, and workers that note what they begin and end. */
async function cluster(
  count: number,
  settings: WorkerSettings = {},
): Promise<{ server: NatsServer; log: string; workers: WorkerProcess[]; another: () => Promise<WorkerProcess> }> {
  const server = await serve();
  const log = join(freshFolder(), 'log');
  const another = (): Promise<WorkerProcess> => startWorker(server, { ...settings, env: { FIXTURE_LOG: log } });
  return { server, log, workers: await Promise.all(Array.from({ length: count }, another)), another };
}

/** Nothing lost: outputs right, queue empty, no dead letters. */
async function expectWhole(access: ClusterAccess, result: BenchRun, folder: string, sum: string): Promise<void> {
  expect(result.failures).toEqual([]);
  expect(result.status).toBe('done');
  expect(read(folder)).toBe(sum);
  const look = await reach(access);
  expect(await listDead(look)).toEqual([]);
  await expect
    .poll(async () => (await look.manager.streams.info(STREAMS.work)).state.messages, { timeout: 10_000 })
    .toBe(0);
}

const endedTwice = (log: string, amount: number): number =>
  [...notedBy(log, new RegExp(`\\+${amount}$`)).values()].reduce((sum, { ended }) => sum + ended - 1, 0);

describe('kill -9 of a worker', () => {
  test('twenty times at random moments costs only what it was doing', async () => {
    const { server, log, workers, another } = await cluster(4, { deliveries: 30, ackWaitMs: 1000 });
    const folder = freshFolder();
    const random = seededRandom(4);
    let over = false;
    let kills = 0;
    const killing = (async () => {
      for (; kills < 20 && !over; kills++) {
        await setTimeout(100 + 250 * random());
        const [victim] = workers.splice(Math.floor(random() * workers.length), 1);
        victim.child.kill('SIGKILL');
        void another().then(
          (next) => workers.push(next),
          () => undefined,
        );
        while (workers.length < 2 && !over) await setTimeout(20);
      }
    })();
    const result = await runOver(server, folder, sums(60, 1, 250));
    over = true;
    await killing;
    expect(kills).toBe(20);
    await expectWhole(server, result, folder, sumOf(60, 1));
    // Killed after the task ended and before the cluster knew it.
    expect(endedTwice(log, 1)).toBeLessThanOrEqual(3);
  }, 120_000);
});

describe('kill -9 of the server', () => {
  test('and its restart is waited out by runner, workers and followers', async () => {
    const { server, log } = await cluster(3, { ackWaitMs: 8000 });
    const folder = freshFolder();
    const look = await reach(server);
    const heard: RunEvent[] = [];
    let following: Promise<void> | undefined;
    const running = runOver(server, folder, sums(24, 2, 300), {
      onEvent: (event) => {
        if (event.type === 'run-started')
          following = (async () => {
            for await (const each of followRun(look, event.run, new AbortController().signal)) heard.push(each);
          })();
      },
    });
    for (const after of [1500, 2500]) {
      await setTimeout(after);
      await server.kill();
      await setTimeout(500);
      await server.start();
    }
    const result = await running;
    await expectWhole(server, result, folder, sumOf(24, 2));
    // At most one each time: the server forgets what it confirmed in its last milliseconds, a claim among it, and the
    // work may be done elsewhere before who had it can say so.
    expect(endedTwice(log, 2)).toBeLessThanOrEqual(2);
    await following;
    const quiet = (events: readonly RunEvent[]): unknown =>
      JSON.parse(JSON.stringify(events.filter(({ type }) => type !== 'task-progress')));
    expect(quiet(heard)).toEqual(quiet(result.events));
  });
});

describe('a worker that is paused past its ack wait', () => {
  test('loses its task to another, and drops it when it goes on', async () => {
    const { server, log, workers } = await cluster(2, { ackWaitMs: 1000 });
    const folder = freshFolder();
    let paused: WorkerProcess | undefined;
    const result = await runOver(server, folder, sums(6, 3, 1200), {
      onEvent: (event) => {
        if (event.type !== 'task-started' || event.node !== 'it' || paused !== undefined) return;
        const worker = workers.find(({ id }) => id === event.worker) as WorkerProcess;
        paused = worker;
        // With the process that computes, as a machine that sleeps.
        const children = processesUnder(worker.child.pid as number);
        for (const pid of [worker.child.pid as number, ...children]) process.kill(pid, 'SIGSTOP');
        void setTimeout(2500).then(() =>
          [worker.child.pid as number, ...children].forEach((pid) => process.kill(pid, 'SIGCONT')),
        );
      },
    });
    await expectWhole(server, result, folder, sumOf(6, 3));
    expect(
      result.events.some((event) => event.type === 'task-retried' && event.why === `its worker ${paused?.id} was lost`),
    ).toBe(true);
    expect(endedTwice(log, 3)).toBe(0);
  });
});

describe('a line that is cut', () => {
  test('between a worker and the server, and between the runner and the server, is mended without loss', async () => {
    const server = await serve();
    const log = join(freshFolder(), 'log');
    const [far, near] = [await cuttable(server.port), await cuttable(server.port)];
    await Promise.all([
      startWorker(far, { env: { FIXTURE_LOG: log }, ackWaitMs: 6000 }),
      startWorker(server, { env: { FIXTURE_LOG: log }, ackWaitMs: 6000 }),
    ]);
    const folder = freshFolder();
    const running = runOver(near, folder, sums(12, 4, 300));
    for (const line of [far, near, far]) {
      await setTimeout(700);
      line.cut();
      await setTimeout(600);
      line.mend();
    }
    await expectWhole(server, await running, folder, sumOf(12, 4));
    expect(endedTwice(log, 4)).toBe(0);
  });
});

describe('a full object store', () => {
  test('holds the work up until there is room, without doing any of it again', async () => {
    const { server, log } = await cluster(2);
    const look = await reach(server);
    const { config } = await look.manager.streams.info('OBJ_soliloquy-contents');
    await look.manager.streams.update(config.name, { ...config, max_bytes: 5000 });
    const folder = freshFolder();
    let finished = false;
    const running = runOver(server, folder, sums(12, HEAVY + 5)).finally(() => void (finished = true));
    await setTimeout(4000);
    expect(finished).toBe(false);
    await look.manager.streams.update(config.name, { ...config, max_bytes: -1 });
    await expectWhole(server, await running, folder, sumOf(12, HEAVY + 5));
    expect(endedTwice(log, HEAVY + 5)).toBe(0);
  });
});

describe('a damaged object', () => {
  test('is made again by the task that made it, when neither the runner nor a worker has a copy', async () => {
    const { server, log, workers } = await cluster(1);
    const graph = sums(3, HEAVY + 6);
    const first = await runOver(server, freshFolder(), graph);
    const look = await reach(server);
    const bucket = 'OBJ_soliloquy-contents';
    // Every chunk is another now: the same length, other bytes.
    const { state } = await look.manager.streams.info(bucket);
    for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
      const stored = await look.manager.streams.getMessage(bucket, { seq });
      if (stored === null || !stored.subject.includes('.C.')) continue;
      await look.manager.streams.deleteMessage(bucket, seq);
      await look.connection.request(
        stored.subject,
        stored.data.map((byte) => byte ^ 1),
      );
    }
    workers[0].child.kill('SIGKILL');
    rmSync(join(workers[0].folder, 'store'), { recursive: true, force: true });
    await startWorker(server, { env: { FIXTURE_LOG: log } });
    const folder = freshFolder();
    const again = await runOver(server, folder, {
      ...graph,
      nodes: { ...(graph as { nodes: object }).nodes, all: { stage: 'total@1', params: { factor: 2 } } },
    });
    await expectWhole(server, again, folder, `the sum is ${2 * (3 + 3 * (HEAVY + 6))}`);
    expect(again.events.some(({ type }) => type === 'artifact-lost')).toBe(true);
    const made = ({ tasks }: BenchRun): unknown =>
      tasks.filter(({ id }) => id.node === 'it').map(({ outputs }) => outputs);
    expect(made(again)).toEqual(made(first));
  });
});

describe('kill -9 of the runner', () => {
  test('loses nothing: the run is taken up under its id from another machine, which does nothing again', async () => {
    const { server, log } = await cluster(2);
    const graph = sums(10, 7, 400);
    const runner = spawn(
      process.execPath,
      [
        fileURLToPath(new URL('./fixture/cluster-run.ts', import.meta.url)),
        JSON.stringify({ access: { url: server.url }, folder: freshFolder(), graph, registryModule }),
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    onTestFinished(() => void runner.kill('SIGKILL'));
    let said = '';
    await new Promise<void>((resolve) =>
      runner.stdout.on('data', (data: Buffer) => {
        said += data.toString();
        if (/task-finished","node":"it"/.test(said)) resolve();
      }),
    );
    runner.kill('SIGKILL');
    const run = /"run":"([^"]+)"/.exec(said)?.[1];
    await setTimeout(600);
    const folder = freshFolder();
    const resumed = await runOver(server, folder, graph, { resume: true });
    expect(resumed.run).toBe(run);
    expect(resumed.events[0]).toMatchObject({ type: 'run-started', resumed: true });
    await expectWhole(server, resumed, folder, sumOf(10, 7));
    expect([...notedBy(log, /\+7$/).values()]).toEqual(Array(10).fill({ begun: 1, ended: 1 }));
  });
});

describe('a task that takes its whole worker with it', () => {
  test('is given up after as many deliveries, by whoever is left, and its run says so', async () => {
    const { server, workers } = await cluster(3, { deliveries: 2, ackWaitMs: 600 });
    const folder = freshFolder();
    const result = await runOver(server, folder, sums(1, 8, 60_000), {
      onEvent: (event) => {
        if (event.type !== 'task-started' || event.node !== 'it') return;
        workers.find(({ id }) => id === event.worker)?.child.kill('SIGKILL');
      },
    });
    expect(result.failures).toMatchObject([{ code: 'task.worker-lost', element: 'it[0]' }]);
    expect(result.failures[0].message).toMatch(
      /^it\[0\]: expected a worker to finish it, got none in 2 deliveries \(the last was \S+\); if memory ran out, /,
    );
    const look = await reach(server);
    expect(await listDead(look)).toMatchObject([{ kind: 'exhausted', attempts: 2, label: 'it[0]' }]);
    expect((await look.manager.streams.info(STREAMS.work)).state.messages).toBe(0);
  });
});

/** Processes that were started by one, and by those. */
function processesUnder(pid: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return [
          [Number(name), Number(readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1].split(' ')[1])] as const,
        ];
      } catch {
        return [];
      }
    });
  const found = [pid];
  for (const at of found) found.push(...parents.filter(([, parent]) => parent === at).map(([child]) => child));
  return found.slice(1);
}
