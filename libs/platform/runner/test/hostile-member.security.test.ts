import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AckPolicy } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openDiskStore } from '@soliloquy/artifacts';
import { takeOne } from '../src/cluster/delivery.ts';
import {
  connectTo,
  listDead,
  listWorkers,
  openCluster,
  PROTOCOL,
  type Cluster,
  type ClusterAccess,
} from '../src/cluster/index.ts';
import type { TaskState } from '../src/cluster/messages.ts';
import { consumerOf, STREAMS, subjects, workSubject } from '../src/cluster/names.ts';
import { keyOfTask } from '../src/plan/element-task.ts';
import { needsNatsServer, reach, runOver, serve, startWorker, sumOf, sums } from './fixture/cluster-bench.ts';
import { stages } from './fixture/stages.ts';
import { freshFolder } from './fixture/workbench.ts';

/*
 * What a member of a cluster can do that has the credentials of a worker and means harm. A test says what it wants and
 * what comes of it; the runner's README says the same in words. What nobody can see is not here: that member may do a
 * task that it took and lie about what came of it.
 */

needsNatsServer();

const EXAMPLE = readFileSync(new URL('../nats-server.conf', import.meta.url), 'utf8');
const [countStage] = stages;
const COUNT = `count_1.plain_1.cpu_${process.arch}`;

/** The example configuration, without TLS; a runner's access, and a worker's, which the hostile member has too. */
async function lab(): Promise<{ runner: ClusterAccess; worker: ClusterAccess }> {
  const { url } = await serve((free, home) =>
    EXAMPLE.replace('port: 4222', `host: 127.0.0.1\nport: ${free}`)
      .replace(/^tls \{[^}]*\}$/m, '')
      .replace(/^ *\{ nkey: .*$/m, '')
      .replace('$RUNNER_PASSWORD', 'runs')
      .replace('$WORKER_PASSWORD', 'works')
      .replace('/var/lib/nats/jetstream', join(home, 'jetstream'))
      .replace('max_file_store: 400GB', 'max_file_store: 1GB'),
  );
  const access = {
    runner: { url, user: 'runner', password: 'runs' },
    worker: { url, user: 'worker', password: 'works' },
  };
  // Who plans makes the streams.
  await reach(access.runner);
  return access;
}

/** The hostile member: a connection with a worker's credentials, to say whatever it likes. */
async function intruder(access: ClusterAccess): Promise<Cluster> {
  const cluster = await openCluster(access, 'worker');
  onTestFinished(() => cluster.close());
  return cluster;
}

/** The task of `count` as a run would queue it, under its own key or another. */
function counting(count: number, key = keyOfCounting(count)) {
  return {
    kind: 'task',
    key,
    inputs: { text: null },
    label: 'clips',
    stage: 'count',
    backbone: 'plain',
    params: { count },
    seed: SEED,
    device: 'cpu',
    rank: 1,
    wants: 1,
  } as const;
}

const SEED = 1;
function keyOfCounting(count: number): string {
  return keyOfTask({
    stage: countStage,
    backboneName: 'plain',
    backbone: countStage.backbones.plain,
    params: { count },
    inputs: { text: null },
    seed: SEED,
    device: 'cpu',
  }).key;
}

/** Queues a piece of work as a run does: its state, then its message. */
async function queue(cluster: Cluster, id: string, work: object, capability = COUNT): Promise<void> {
  const ticket = 'forged';
  const state: TaskState = { state: 'queued', ticket, runs: ['nobody'], label: 'forged', capability };
  const revision = await cluster.tasks.put(id, JSON.stringify(state));
  const message = { protocol: PROTOCOL, id, ticket, capability, work, queued: { revision, runs: ['nobody'] } };
  await cluster.js.publish(workSubject(capability, id), JSON.stringify(message));
  cluster.connection.publish(subjects.wake(capability));
}

/** Answers every task that comes to be queued with a forged state, in the place of a worker. */
async function answerAll(cluster: Cluster, forged: (state: TaskState) => object): Promise<void> {
  const watching = await cluster.tasks.watch();
  onTestFinished(() => watching.stop());
  void (async () => {
    for await (const entry of watching) {
      if (entry.operation !== 'PUT') continue;
      const state = JSON.parse(entry.string()) as TaskState;
      if (state.state === 'queued')
        await cluster.tasks.update(entry.key, JSON.stringify(forged(state)), entry.revision).catch(() => undefined);
    }
  })().catch(() => undefined);
}

const tried = { worker: 'nobody', attempt: 1, threads: 1 };
const about = { previews: {}, seconds: 0, peakBytes: 0 };
const ZEROS = '0'.repeat(64);
const emptyRef = (type: string) => ({ type, digest: ZEROS, bytes: 0, files: [] });

describe('work under the key of another task', () => {
  test('is done by nobody: neither its state nor the cache of a worker comes to hold the wrong result', async () => {
    const { runner, worker } = await lab();
    const { folder } = await startWorker(worker);
    const member = await intruder(worker);
    const key = keyOfCounting(3);
    await queue(member, key, counting(5, key));
    const look = await reach(runner);
    await expect
      .poll(() => listDead(look), { timeout: 20_000 })
      .toMatchObject([{ kind: 'poison', reason: 'expected a work message, got one with the key of another task' }]);
    expect(JSON.parse((await look.tasks.get(key))?.string() ?? '')).toMatchObject({ state: 'queued' });
    const local = await openDiskStore(join(folder, 'store'));
    expect(await local.getResult(key)).toBeUndefined();
    // The same, asked for as it should be, is done under that key.
    await member.tasks.delete(key);
    await queue(member, key, counting(3));
    await expect.poll(async () => (await local.getResult(key))?.outputs.value, { timeout: 20_000 }).toHaveLength(3);
  });

  test('is refused with whatever it asks for that its name does not say', async () => {
    const { runner, worker } = await lab();
    await startWorker(worker);
    const member = await intruder(worker);
    const refused: (readonly [object, string])[] = [
      [{ stage: 'nothing' }, 'a stage or a backbone that is not here'],
      [{ backbone: 'constructor' }, 'a stage or a backbone that is not here'],
      [{ stage: 'dice', params: {} }, 'the queue of another stage'],
      [{ params: { count: 'all' } }, 'params that its stage does not have'],
      [{ params: { count: 3, more: 1 } }, 'params that its stage does not have'],
      [{ seed: 2 }, 'the key of another task'],
      [{ threads: 2 }, 'the key of another task'],
    ];
    for (const [change] of refused) await queue(member, keyOfCounting(3), { ...counting(3), ...change });
    const look = await reach(runner);
    await expect
      .poll(async () => (await listDead(look)).map(({ reason }) => reason), { timeout: 20_000 })
      .toEqual(refused.map(([, reason]) => `expected a work message, got one with ${reason}`));
  });
});

describe('a forged result', () => {
  test.each([
    ['without what the stage makes', { outputs: {}, ...about }, /got no value from worker nobody; look at that worker/],
    ['of another type', { outputs: { value: [emptyRef('image')] }, ...about }, /got image as value from worker nobody/],
    ['that is no list', { outputs: { value: emptyRef('number') }, ...about }, /got 1 of value from worker nobody/],
    ['with more than it makes', { outputs: { '../x': null }, ...about }, /got an output "\.\.\/x" from worker nobody/],
    [
      'with a wrong digest',
      { outputs: { value: [emptyRef('number')] }, ...about },
      /got a digest of value that is not that of what it names from worker nobody/,
    ],
    ['that is garbage', { outputs: 'all of it' }, /^cluster\.tasks: expected what a task made, got something else/],
  ])('%s fails the run with the name of its worker', async (_what, made, message) => {
    const { runner, worker } = await lab();
    await answerAll(await intruder(worker), ({ ticket, label }) => ({
      state: 'done',
      ticket,
      label,
      ...tried,
      result: { made },
    }));
    const result = await runOver(runner, freshFolder(), sums(3, 1));
    expect(result.failures).toMatchObject([{ element: 'clips', code: 'task.bad-result' }]);
    expect(result.failures[0].message).toMatch(message);
  });

  test('whose words fill a megabyte is cut', async () => {
    const { runner, worker } = await lab();
    const long = 'x'.repeat(400_000);
    await answerAll(await intruder(worker), ({ ticket }) => ({
      state: 'failed',
      ticket,
      label: long,
      attempt: 1,
      dead: false,
      error: { code: 'task.no', where: long, expected: long.slice(0, 9000), got: 'y' },
    }));
    const result = await runOver(runner, freshFolder(), sums(3, 1));
    expect(result.failures).toMatchObject([{ code: 'task.no' }]);
    expect(result.failures[0].message.length).toBeLessThan(10_000);
  });

  test('of artifacts that are not there is made again by whoever is honest', async () => {
    const { runner, worker } = await lab();
    const member = await intruder(worker);
    // Of one piece by its digests, and nowhere.
    const absent = await (await openDiskStore(freshFolder())).put('number', { 'number.json': Buffer.from('41') });
    await member.tasks.put(
      keyOfCounting(3),
      JSON.stringify({
        state: 'done',
        ticket: 'forged',
        label: 'clips',
        ...tried,
        result: { made: { outputs: { value: [absent, absent, absent] }, ...about } },
      }),
    );
    await startWorker(worker);
    const folder = freshFolder();
    expect(await runOver(runner, folder, sums(3, 1))).toMatchObject({ status: 'done', failures: [] });
    expect(readFileSync(join(folder, 'out/sum.txt'), 'utf8')).toBe(sumOf(3, 1));
  });
});

test('an artifact that a member overwrites is not taken for what it was, and is made again', async () => {
  const { runner, worker } = await lab();
  const first = await startWorker(worker);
  const result = await runOver(runner, freshFolder(), sums(3, 1));
  first.child.kill('SIGKILL');
  const member = await intruder(worker);
  const digests = result.tasks.flatMap(({ outputs }) => Object.values(outputs).flatMap((each) => each ?? []));
  for (const { digest } of digests) await member.connection.publish(`$KV.soliloquy-catalog.artifact.${digest}`, '41');
  await member.connection.flush();
  await startWorker(worker);
  const folder = freshFolder();
  expect(await runOver(runner, folder, sums(3, 1))).toMatchObject({ status: 'done', failures: [] });
  expect(readFileSync(join(folder, 'out/sum.txt'), 'utf8')).toBe(sumOf(3, 1));
});

test('a fake heartbeat keeps a task as long as the deadline of the run, not for ever', async () => {
  const { runner, worker } = await lab();
  const member = await intruder(worker);
  await member.manager.consumers.add(STREAMS.work, {
    durable_name: consumerOf(COUNT),
    ack_policy: AckPolicy.Explicit,
    filter_subject: workSubject(COUNT, '*'),
    ack_wait: nanos(1500),
    max_ack_pending: -1,
  });
  const taking = setInterval(() => {
    void takeOne(member, STREAMS.work, consumerOf(COUNT))
      .then(async (delivery) => {
        if (delivery === undefined) return;
        const { id, ticket, work, capability } = JSON.parse(new TextDecoder().decode(delivery.data)) as {
          id: string;
          ticket: string;
          capability: string;
          work: { label: string };
        };
        const running = { state: 'running', ticket, runs: [], label: work.label, capability, sequence: 1, ...tried };
        await member.tasks.put(id, JSON.stringify(running));
        beats.push(setInterval(() => delivery.working(), 300));
      })
      .catch(() => undefined);
  }, 200);
  const beats: NodeJS.Timeout[] = [taking];
  onTestFinished(() => beats.forEach((each) => clearInterval(each)));
  const result = await runOver(runner, freshFolder(), sums(3, 1), { deadlineMs: 1500 });
  expect(result.failures).toMatchObject([
    {
      code: 'task.deadline',
      message: expect.stringMatching(
        /^clips: expected to end within its deadline of 1\.5s, .*--task-deadline/,
      ) as string,
    },
  ]);
  // Without it the same run is as good as ever.
  beats.forEach((each) => clearInterval(each));
  await startWorker(worker);
  expect(await runOver(runner, freshFolder(), sums(3, 1))).toMatchObject({ status: 'done' });
});

test('garbage and floods on the way fill no journal and stop nothing', async () => {
  const { runner, worker } = await lab();
  await startWorker(worker);
  const member = await intruder(worker);
  let flooding = true;
  const said = [
    JSON.stringify({ type: 'log', message: `nonsense ${'x'.repeat(500_000)}` }),
    JSON.stringify({ type: 'progress', done: -1, total: -9 }),
    JSON.stringify({ type: 'scalars', points: [{ name: 'loss', step: 1, value: '1' }] }),
    '\u0000\u0001',
    '{"type":"run-finished"}',
  ];
  const running = runOver(runner, freshFolder(), sums(4, 1, 600), {
    onEvent: (event) => {
      if (event.type !== 'task-started' || event.node !== 'it' || !flooding) return;
      flooding = false;
      void (async () => {
        const ids: string[] = [];
        for await (const id of await member.tasks.keys()) ids.push(id);
        for (let round = 0; round < 40; round++) {
          for (const id of ids) for (const text of said) member.connection.publish(subjects.progress(id), text);
          await member.connection.flush();
        }
      })();
    },
  });
  const result = await running;
  expect(result).toMatchObject({ status: 'done', failures: [] });
  const logs = result.events
    .filter((event) => event.type === 'task-log')
    .filter(({ message }) => /^nonsense/.test(message));
  expect(logs.length).toBeGreaterThan(0);
  const cut = /^nonsense x{3991} … \(500009 characters in all\)$/;
  expect(logs.filter(({ message }) => !cut.test(message))).toEqual([]);
  // 16 MiB were heard of each of the tasks that were there.
  expect(logs.length).toBeLessThan(6 * 34);
  expect(result.events.filter((event) => event.type === 'task-progress' && event.done < 0)).toEqual([]);
  expect(result.events.filter((event) => event.type === 'task-scalar' && event.name === 'loss')).toEqual([]);
});

test('a worker that claims what no machine has is not counted', async () => {
  const { runner, worker } = await lab();
  const member = await intruder(worker);
  const record = {
    id: 'giant',
    host: 'h',
    pid: 1,
    protocol: PROTOCOL,
    version: '1',
    threads: 8,
    slots: 8,
    busyThreads: 0,
    leaving: false,
    joinedAt: '',
    capabilities: ['nothing_1.nothing_1.cpu_x64'],
    findings: [],
    running: [],
  };
  for (const change of [{ slots: 1e9 }, { threads: -1 }, { threads: 1.5 }, { capabilities: 'all' }, { slots: null }])
    await member.workers.put('giant', JSON.stringify({ ...record, ...change }));
  await startWorker(worker);
  const look = await reach(runner);
  expect((await listWorkers(look)).map(({ id }) => id)).not.toContain('giant');
  expect(await runOver(runner, freshFolder(), sums(3, 1))).toMatchObject({ status: 'done' });
});

test.each([
  ['that never comes back', { ack_wait: nanos(365 * 24 * 3600 * 1000) }],
  ['of other work', { filter_subject: workSubject('nothing_1.nothing_1.cpu_x64', '*') }],
  ['that stops after one', { max_ack_pending: 1 }],
])('a queue %s, set up before any worker came, is named instead of joined', async (_what, change) => {
  const { worker } = await lab();
  const member = await intruder(worker);
  await member.manager.consumers.add(STREAMS.work, {
    durable_name: consumerOf(COUNT),
    ack_policy: AckPolicy.Explicit,
    filter_subject: workSubject(COUNT, '*'),
    ...change,
  });
  await expect(startWorker(worker)).rejects.toThrow(
    /cluster\.SOLILOQUY_WORK\.3-count_1-plain_1-cpu_\w+: expected a consumer .*, got one .* made otherwise; delete it/,
  );
});

test('what a worker may not write stays as it is, also by way of the reply of a request', async () => {
  const { runner, worker } = await lab();
  await startWorker(worker);
  const result = await runOver(runner, freshFolder(), sums(3, 1));
  const look = await reach(runner);
  const [task] = result.tasks;
  const record = (await look.runs.get(result.run))?.string();
  const member = await intruder(worker);
  await member.manager.consumers.add(STREAMS.work, {
    durable_name: 'mine',
    ack_policy: AckPolicy.Explicit,
    filter_subject: 'soliloquy.work.9.>',
  });
  // The server sends what it is asked for to whatever subject the request names.
  for (const target of [
    `soliloquy.events.${result.run}`,
    `$KV.soliloquy-runs.${result.run}`,
    `$KV.soliloquy-catalog.result.${task.key}`,
    '$JS.API.STREAM.DELETE.SOLILOQUY_EVENTS',
  ]) {
    await member.js.publish('soliloquy.work.9.x.y.z.1', '{"forged":true}');
    member.connection.publish('$JS.API.CONSUMER.MSG.NEXT.SOLILOQUY_WORK.mine', '{"batch":1}', { reply: target });
    await member.connection.flush();
    await pause(200);
  }
  expect((await look.runs.get(result.run))?.string()).toBe(record);
  expect((await look.manager.streams.info('SOLILOQUY_EVENTS')).state.messages).toBeGreaterThan(0);
  const again = await runOver(runner, freshFolder(), sums(3, 1));
  expect(again.tasks.every(({ cached }) => cached)).toBe(true);
});

test('a message that is too large costs who sends it the connection, and nobody else', async () => {
  const { runner, worker } = await lab();
  await startWorker(worker);
  const connection = await connectTo(worker, 'hostile');
  onTestFinished(() => connection.close());
  const running = runOver(runner, freshFolder(), sums(3, 1, 500));
  expect(() => connection.publish(workSubject(COUNT, 'x'), new Uint8Array(2 * 2 ** 20))).toThrow(/payload/i);
  expect(await running).toMatchObject({ status: 'done' });
});
