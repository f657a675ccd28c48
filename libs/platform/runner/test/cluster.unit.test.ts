import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { findNatsServer, startNatsServer, type NatsServer } from '@soliloquy/testing';
import {
  cancelRun,
  dropDeadLetter,
  followRun,
  listDead,
  listRuns,
  listWorkers,
  retryDead,
} from '../src/cluster/index.ts';
import { consumerOf, PROTOCOL, STREAMS, workSubject } from '../src/cluster/names.ts';
import type { RunEvent } from '../src/index.ts';
import {
  keptWorker,
  needsNatsServer,
  notedBy,
  reach,
  runOver,
  startWorker,
  sumOf,
  sums,
  type WorkerProcess,
} from './fixture/cluster-bench.ts';
import { freshFolder, run } from './fixture/workbench.ts';

needsNatsServer();

/**
 * Starting processes is what takes time here: most tests share a server and three workers, and each adds another
 * amount, so that none finds another's results.
 */
let server: NatsServer;
let workers: WorkerProcess[] = [];
const home = mkdtempSync(join(tmpdir(), 'soliloquy-cluster-'));
const log = join(home, 'log');

beforeAll(async () => {
  if (findNatsServer() === undefined) return;
  server = await startNatsServer();
  workers = await Promise.all(
    [1, 2, 3].map((at) =>
      keptWorker(server, { folder: join(home, String(at)), deliveries: 3, env: { FIXTURE_LOG: log } }),
    ),
  );
});
afterAll(async () => {
  for (const { child } of workers) child.kill('SIGKILL');
  await server?.stop();
  rmSync(home, { recursive: true, force: true });
});

const read = (folder: string, name = 'sum.txt'): string => readFileSync(join(folder, 'out', name), 'utf8');
const quiet = ({ type }: RunEvent): boolean => type !== 'task-progress';

describe('a run over a cluster', () => {
  test('gives the digests of the embedded transport on three workers without a shared disk, once', async () => {
    const graph = sums(4, 1);
    const folder = freshFolder();
    const over = await runOver(server, folder, graph);
    expect(over).toMatchObject({ failures: [], status: 'done', executed: 6, cached: 0 });
    expect(read(folder)).toBe(sumOf(4, 1));
    const embedded = await run(freshFolder(), graph);
    const digests = ({ tasks }: typeof over): unknown => tasks.map(({ id, key, outputs }) => ({ id, key, outputs }));
    expect(digests(over)).toEqual(digests(embedded));
    const elsewhere = freshFolder();
    expect(await runOver(server, elsewhere, graph)).toMatchObject({ status: 'done', executed: 0, cached: 6 });
    expect(read(elsewhere)).toBe(sumOf(4, 1));
  });

  test('can be followed from its first event to its last, without gap or repeat', async () => {
    const cluster = await reach(server);
    const follow = async (id: string): Promise<RunEvent[]> => {
      const heard: RunEvent[] = [];
      for await (const event of followRun(cluster, id, new AbortController().signal)) heard.push(event);
      return heard;
    };
    const following: Promise<RunEvent[]>[] = [];
    const over = await runOver(server, freshFolder(), sums(6, 2, 100), {
      onEvent: (event) => void (event.type === 'run-started' && following.push(follow(event.run))),
    });
    following.push(follow(over.run));
    for (const heard of await Promise.all(following))
      expect(heard.filter(quiet)).toEqual(JSON.parse(JSON.stringify(over.events.filter(quiet))));
    const curve = over.events.flatMap((event) => (event.type === 'task-scalar' ? [[event.step, event.value]] : []));
    expect(curve).toEqual([2, 5, 9, 14, 20, 27].map((sum, step) => [step, sum]));
    const shown = over.events.some((event) => event.type === 'task-progress' && event.picture !== undefined);
    expect(shown).toBe(true);
  });

  test('has operations called wherever a worker has them, with large values too, and leaves none', async () => {
    const cluster = await reach(server);
    const bytes = async (): Promise<number> =>
      (await cluster.manager.streams.info('OBJ_soliloquy-contents')).state.bytes;
    const before = await bytes();
    const folder = freshFolder();
    expect(await runOver(server, folder, sums(2, 5, 0, { backbone: 'asking' }))).toMatchObject({
      failures: [],
      status: 'done',
    });
    expect(read(folder)).toBe(`the sum is ${2 * (0 + 1) + 2 * 5}`);
    expect((await bytes()) - before).toBeLessThan(50_000);
  });

  test('comes to the same digests on workers of one thread and of three where results depend on them', async () => {
    await startWorker(server, { threads: 3 });
    const graph = sums(8, 6, 0, { backbone: 'threaded' });
    const folder = freshFolder();
    const over = await runOver(server, folder, graph, { planned: 2 });
    expect(read(folder)).toBe(sumOf(8, 6 + 2));
    expect(new Set(over.tasks.filter(({ id }) => id.node === 'it').map(({ threads }) => threads))).toEqual(
      new Set([2]),
    );
    const [alone, elsewhere] = [await run(freshFolder(), graph, { threads: 1, planned: 2 }), freshFolder()];
    const digests = ({ tasks }: typeof over): unknown => tasks.map(({ id, key, outputs }) => ({ id, key, outputs }));
    expect(digests(alone)).toEqual(digests(over));
    // Planned with another number it is another task.
    expect(await runOver(server, elsewhere, graph, { planned: 3 })).toMatchObject({
      status: 'done',
      executed: 9,
      cached: 1,
    });
    expect(read(elsewhere)).toBe(sumOf(8, 6 + 3));
  });

  test('that nobody can do says what worker it waits for', async () => {
    const stop = new AbortController();
    const lonely = await startNatsServer();
    onTestFinished(() => lonely.stop());
    const over = await runOver(lonely, freshFolder(), sums(1, 3), {
      signal: stop.signal,
      onEvent: (event) => void (event.type === 'task-log' && stop.abort()),
    });
    expect(over.status).toBe('cancelled');
    expect(over.events).toContainEqual(
      expect.objectContaining({
        type: 'task-log',
        element: 'clips',
        message:
          `waits for a worker that has count@1 plain@1 on cpu/${process.arch}; no worker has joined: start one ` +
          'with soliloquy worker --nats …, of this same version',
      }),
    );
  });
});

describe('two runs', () => {
  test('share the workers: a small one that comes later is not behind a large one', async () => {
    let over = false;
    const large = runOver(server, freshFolder(), sums(45, 100, 60)).finally(() => void (over = true));
    await setTimeout(400);
    const small = await runOver(server, freshFolder(), sums(3, 101, 60));
    expect({ status: small.status, over }).toEqual({ status: 'done', over: false });
    expect(await large).toMatchObject({ status: 'done' });
  });

  test('of one graph execute every task once', async () => {
    const graph = sums(8, 200, 100);
    const [a, b] = await Promise.all([runOver(server, freshFolder(), graph), runOver(server, freshFolder(), graph)]);
    expect([a.status, b.status]).toEqual(['done', 'done']);
    expect([...notedBy(log, /\+200$/).values()]).toEqual(Array(8).fill({ begun: 1, ended: 1 }));
    expect(a.outputs.map(({ digest }) => digest)).toEqual(b.outputs.map(({ digest }) => digest));
  });
});

describe('cancelling a run by its id', () => {
  test('stops its tasks on every worker and leaves those that another run wants', async () => {
    const cluster = await reach(server);
    let id = '';
    let cancelled: Promise<boolean> | undefined;
    const shared = sums(2, 300, 1500);
    const wanted = Promise.withResolvers<void>();
    const other = runOver(server, freshFolder(), shared, {
      onEvent: (event) => void (event.type === 'task-started' && event.node === 'it' && wanted.resolve()),
    });
    // what nobody else wants yet is stopped, and begun again by who comes later
    await wanted.promise;
    const mine = runOver(
      server,
      freshFolder(),
      {
        ...shared,
        name: 'mine',
        nodes: {
          ...(shared as { nodes: object }).nodes,
          more: { stage: 'add@1', params: { amount: 301, ms: 60_000 } },
        },
        edges: [...(shared as { edges: string[] }).edges, 'clips.value -> more.value'],
      },
      {
        onEvent: (event) => {
          if (event.type === 'run-started') id = event.run;
          if (event.type === 'task-started' && event.node === 'more') cancelled ??= cancelRun(cluster, id);
        },
      },
    );
    expect(await mine).toMatchObject({ status: 'cancelled' });
    expect(await cancelled).toBe(true);
    expect(await other).toMatchObject({ status: 'done' });
    const counts = notedBy(log, /\+30[01]$/);
    expect([counts.get('0+300'), counts.get('1+300')]).toEqual([
      { begun: 1, ended: 1 },
      { begun: 1, ended: 1 },
    ]);
    for (const task of ['0+301', '1+301']) expect(counts.get(task)?.ended ?? 0).toBe(0);
    await expect
      .poll(async () => (await listWorkers(cluster)).flatMap(({ running }) => running), { timeout: 8000 })
      .toEqual([]);
    expect((await listRuns(cluster)).find(({ run: each }) => each === id)?.status).toBe('cancelled');
    expect((await cluster.manager.streams.info(STREAMS.work)).state.messages).toBe(0);
  });
});

describe('a task that always fails', () => {
  test('by what its stage says is not tried again: a dead letter with the reason, to retry or to drop', async () => {
    const cluster = await reach(server);
    const over = await runOver(server, freshFolder(), sums(1, 400, 0, { backbone: 'refusing' }));
    expect(over.failures).toMatchObject([
      { code: 'stage.too-odd', message: 'add.value: expected an even number, got an odd one; count to another' },
    ]);
    expect(over.events.filter(({ type }) => type === 'task-retried')).toEqual([]);
    // It is written after the state that ends the run.
    const letters = async () => (await listDead(cluster)).filter(({ label }) => label === 'it[0]');
    await expect.poll(letters, { timeout: 8000 }).toHaveLength(1);
    const [letter] = await letters();
    expect(letter).toMatchObject({
      kind: 'permanent',
      attempts: 1,
      reason: 'add.value: expected an even number, got an odd one; count to another',
    });
    expect(await retryDead(cluster, letter)).toBe(true);
    await expect
      .poll(async () => (await listDead(cluster)).find(({ id }) => id === letter.id)?.at ?? letter.at, {
        timeout: 8000,
      })
      .not.toBe(letter.at);
    expect(await dropDeadLetter(cluster, letter.id)).toBe(true);
    expect((await listDead(cluster)).map(({ id }) => id)).not.toContain(letter.id);
  });

  test('because its process dies is tried again with growing pauses, and then is a dead letter', async () => {
    const cluster = await reach(server);
    const tally = join(home, 'tally');
    const over = await runOver(
      server,
      freshFolder(),
      sums(1, 401, 0, { backbone: 'fragile', params: { deaths: 99, tally } }),
    );
    expect(over.failures).toMatchObject([{ code: 'task.worker-lost', element: 'it[0]' }]);
    expect(over.failures[0].message).toMatch(
      /^it\[0\]: expected its worker to finish, got one that was killed by SIGKILL; /,
    );
    expect(readFileSync(tally, 'utf8')).toBe('+++');
    expect(
      over.events.filter(({ type }) => type === 'task-retried').map((event) => 'attempt' in event && event.attempt),
    ).toEqual([2, 3]);
    expect(await listDead(cluster)).toContainEqual(
      expect.objectContaining({ kind: 'exhausted', attempts: 3, label: 'it[0]' }),
    );
  });
});

describe('what makes no sense in the queue', () => {
  test('is a dead letter, and keeps nobody from working', async () => {
    const cluster = await reach(server);
    const capability = `add_1.plain_1.cpu_${process.arch}`;
    for (const poison of ['', '{}', 'x'.repeat(1000), JSON.stringify({ protocol: 1, id: '../../etc', ticket: 1 })])
      await cluster.js.publish(workSubject(capability, 'poison'), poison);
    await expect
      .poll(async () => (await listDead(cluster)).filter(({ kind }) => kind === 'poison').length, { timeout: 8000 })
      .toBe(4);
    expect(await runOver(server, freshFolder(), sums(2, 500))).toMatchObject({ status: 'done' });
    expect((await cluster.manager.consumers.info(STREAMS.work, consumerOf(capability))).num_ack_pending).toBe(0);
  });

  test('like a task of another protocol is refused with a message that says what to do', async () => {
    const cluster = await reach(server);
    const capability = `add_1.plain_1.cpu_${process.arch}`;
    const id = 'e'.repeat(64);
    const work = {
      kind: 'task',
      key: id,
      inputs: {},
      label: 'of-another-time',
      stage: 'add',
      backbone: 'plain',
      params: {},
      seed: 1,
      device: 'cpu',
      rank: 1,
      wants: 1,
    };
    await cluster.tasks.create(
      id,
      JSON.stringify({ state: 'queued', ticket: 't', runs: ['r'], label: work.label, capability }),
    );
    await cluster.js.publish(
      workSubject(capability, id),
      JSON.stringify({ protocol: PROTOCOL + 1, id, ticket: 't', capability, work }),
    );
    await expect
      .poll(async () => (await listDead(cluster)).find((letter) => letter.id === id)?.reason, { timeout: 8000 })
      .toBe(
        `of-another-time: expected protocol ${PROTOCOL}, got ${PROTOCOL + 1}; run the same version of soliloquy ` +
          'on every machine',
      );
    expect(JSON.parse((await cluster.tasks.get(id))?.string() ?? '')).toMatchObject({
      state: 'failed',
      error: { code: 'task.protocol' },
    });
  });

  test('like a second copy of a task changes nothing: it runs once', async () => {
    const cluster = await reach(server);
    const copies = cluster.connection.subscribe(`soliloquy.work.${PROTOCOL}.>`, {
      callback: (_error, { subject, data, headers }) => {
        // Under another id, so that the server does not notice that it is the same.
        if (headers?.get('Nats-Msg-Id') !== '' && data.length > 0 && !new TextDecoder().decode(data).endsWith(' '))
          void cluster.js.publish(subject, `${new TextDecoder().decode(data)} `);
      },
    });
    const folder = freshFolder();
    expect(await runOver(server, folder, sums(5, 502, 200))).toMatchObject({ status: 'done' });
    copies.unsubscribe();
    expect(read(folder)).toBe(sumOf(5, 502));
    expect([...notedBy(log, /\+502$/).values()]).toEqual(Array(5).fill({ begun: 1, ended: 1 }));
    await expect
      .poll(async () => (await cluster.manager.streams.info(STREAMS.work)).state.messages, { timeout: 8000 })
      .toBe(0);
  });
});

describe('a worker', () => {
  test('tells what it can do and what it runs, and is gone from the list when it has left', async () => {
    const cluster = await reach(server);
    expect((await listWorkers(cluster)).map(({ id, threads, protocol }) => ({ id, threads, protocol }))).toEqual(
      expect.arrayContaining(workers.map(({ id }) => ({ id, threads: 1, protocol: PROTOCOL }))),
    );
    const over = runOver(server, freshFolder(), sums(1, 600, 4000));
    await expect
      .poll(async () => (await listWorkers(cluster)).flatMap(({ running }) => running.map(({ label }) => label)), {
        timeout: 8000,
      })
      .toContain('it[0]');
    expect(await over).toMatchObject({ status: 'done' });
  });

  test.each([
    ['that takes longer than until it looks', 610, 1500],
    ['that is done before', 611, 300],
  ])('whose claim the server forgot keeps work %s', async (_what, amount, ms) => {
    const cluster = await reach(server);
    const forget = async (): Promise<boolean> => {
      const ids: string[] = [];
      for await (const id of await cluster.tasks.keys()) ids.push(id);
      for (const id of ids) {
        const state = (await cluster.tasks.get(id))?.json<Record<string, unknown>>();
        if (state?.label !== 'it[0]' || state.state !== 'running') continue;
        const { ticket, runs, label, capability } = state;
        await cluster.tasks.put(id, JSON.stringify({ state: 'queued', ticket, runs, label, capability }));
        return true;
      }
      return false;
    };
    let forgot: Promise<boolean> | undefined;
    const over = await runOver(server, freshFolder(), sums(1, amount, ms), {
      onEvent: (event) => void (event.type === 'task-started' && event.node === 'it' && (forgot ??= forget())),
    });
    expect(await forgot).toBe(true);
    expect(over).toMatchObject({ status: 'done', failures: [] });
    expect(over.events.filter(({ type }) => type === 'task-retried')).toEqual([]);
    expect([...notedBy(log, new RegExp(`\\+${amount}$`)).values()]).toEqual([{ begun: 1, ended: 1 }]);
  });

  test('that gets SIGTERM finishes what it does, takes no more, and leaves', async () => {
    const cluster = await reach(server);
    const leaving = await startWorker(server, { env: { FIXTURE_LOG: log } });
    const over = runOver(server, freshFolder(), sums(12, 601, 300), {
      onEvent: (event) =>
        void (event.type === 'task-started' && event.worker === leaving.id && leaving.child.kill('SIGTERM')),
    });
    expect(await leaving.ended).toBe(0);
    expect((await listWorkers(cluster)).map(({ id }) => id)).not.toContain(leaving.id);
    expect(await over).toMatchObject({ status: 'done' });
    expect([...notedBy(log, /\+601$/).values()]).toEqual(Array(12).fill({ begun: 1, ended: 1 }));
  });

  test('that gets SIGINT hands back what it does at once, and another does it', async () => {
    const leaving = await startWorker(server, { env: { FIXTURE_LOG: log } });
    const over = runOver(server, freshFolder(), sums(8, 602, 1500), {
      onEvent: (event) => {
        if (event.type === 'task-started' && event.worker === leaving.id && event.node === 'it')
          leaving.child.kill('SIGINT');
      },
    });
    expect(await leaving.ended).toBe(0);
    const done = await over;
    expect(done.status).toBe('done');
    expect(done.events.filter(({ type }) => type === 'task-retried')).toMatchObject([
      { why: 'its worker left', attempt: 2 },
    ]);
    expect([...notedBy(log, /\+602$/).values()].every(({ ended }) => ended === 1)).toBe(true);
  });
});
