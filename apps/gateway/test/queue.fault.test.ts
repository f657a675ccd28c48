import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { queueEntrySchema, queueSchema, routePath, ROUTES, type QueueEntry } from '../src/protocol/index.ts';
import { openBench, STAGES, type Bench } from './fixture/open-gateway.ts';

const entries = async (bench: Bench): Promise<QueueEntry[]> =>
  queueSchema.parse((await bench.ask(ROUTES.queue)).json).entries;
const post = async (bench: Bench, route: 'proceed' | 'cancel', run: string): Promise<QueueEntry> =>
  queueEntrySchema.parse((await bench.ask(routePath(route, { run }), { method: 'POST', body: {} })).json);

/** `soliloquy serve` in a project, as a process that can be killed. */
async function serve(project: string): Promise<{ run(ms: number): Promise<string>; kill(): Promise<void> }> {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('../../cli/bin/soliloquy.js', import.meta.url)), 'serve', 'graphs/small.json', '--no-open'],
    {
      cwd: project,
      env: { ...process.env, SOLILOQUY_STAGES: fileURLToPath(STAGES) },
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    },
  );
  const link = await new Promise<URL>((resolve) =>
    child.stdout.on('data', (data: Buffer) =>
      /http:\S+/.exec(String(data))?.forEach((found) => resolve(new URL(found))),
    ),
  );
  const cookie = (await fetch(link, { redirect: 'manual' })).headers.get('set-cookie')?.split(';')[0] ?? '';
  const ask = async (path: string, init: RequestInit = {}): Promise<Record<string, string>> =>
    (await (
      await fetch(new URL(path, link), {
        ...init,
        headers: { cookie, origin: link.origin, 'content-type': 'application/json' },
      })
    ).json()) as Record<string, string>;
  return {
    async run(ms) {
      const { digest } = await ask(routePath('document', {}, { path: 'graphs/small.json' }));
      return (
        await ask(ROUTES.runs, {
          method: 'POST',
          body: JSON.stringify({ path: 'graphs/small.json', digest, set: { 'last.ms': String(ms) } }),
        })
      )['run'] as string;
    },
    async kill() {
      const ended = new Promise((resolve) => child.on('close', resolve));
      // its workers too: nobody is left to say that the run ended
      process.kill(-(child.pid as number), 'SIGKILL');
      await ended;
    },
  };
}

test(
  'what was queued when the gateway was killed is there after the next start, and runs or goes as it is asked to',
  { timeout: 120_000 },
  async () => {
    const first = await openBench();
    const graph = readFileSync(join(first.project, 'graphs/small.json'));
    const served = await serve(first.project);
    const runs = [await served.run(60_000), await served.run(1), await served.run(2), await served.run(3)] as const;
    await served.kill();
    await first.gateway.close();
    writeFileSync(
      join(first.project, 'graphs/small.json'),
      JSON.stringify({ ...(JSON.parse(String(graph)) as object), seed: 99 }),
    );

    const bench = await openBench({}, dirname(first.project));
    expect((await entries(bench)).map(({ run, state }) => [run, state.kind])).toEqual(runs.map((run) => [run, 'held']));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect((await entries(bench)).every(({ state }) => state.kind === 'held')).toBe(true);

    expect((await post(bench, 'cancel', runs[0])).state).toEqual({ kind: 'ended', status: 'cancelled' });
    await post(bench, 'proceed', runs[2]);
    const page = await bench.listen();
    await page.until(
      (message) =>
        message.type === 'queue' && message.entries.some(({ run, state }) => run === runs[2] && state.kind === 'ended'),
    );
    // of the document as it was when it was asked for
    expect((await bench.ask(routePath('run', { run: runs[2] }))).json).toMatchObject({
      status: 'done',
      seed: 0,
      set: { 'last.ms': '2' },
    });
    expect((await bench.ask(routePath('proceed', { run: runs[2] }), { method: 'POST', body: {} })).status).toBe(404);
    await bench.gateway.close();

    expect(readdirSync(join(first.project, '.soliloquy/queues'))).toEqual([`${process.pid}.json`]);
    const again = await openBench({}, dirname(first.project));
    expect((await entries(again)).map(({ run }) => run)).toEqual([runs[1], runs[3]]);
    for (const { run } of await entries(again)) await post(again, 'cancel', run);
    await again.gateway.close();
    expect(readdirSync(join(first.project, '.soliloquy/queues'))).toEqual([]);
    await again.close();
  },
);

test.each([
  ['no JSON', '{'],
  ['another file', '{"some":"thing"}'],
  [
    'one whose variant leads out of its folder',
    JSON.stringify([
      {
        run: '20260101-000000-0001',
        path: 'graphs/small.json',
        document: { format: 1, name: 'x', nodes: {} },
        target: { kind: 'all' },
        keepGoing: false,
        sweep: '20260101-000000-0002',
        variant: '../../up',
      },
    ]),
  ],
])('a queue that is %s is no queue', async (_what, text) => {
  const bench = await openBench({ [`.soliloquy/queues/${process.pid}.json`]: text });
  expect(await entries(bench)).toEqual([]);
  await bench.close();
});

test('the queue of a gateway that is alive is its own', async () => {
  const job = {
    run: '20260101-000000-0001',
    path: 'graphs/small.json',
    document: { format: 1, name: 'x', nodes: {} },
    target: { kind: 'all' },
    keepGoing: false,
  };
  const bench = await openBench({
    [`.soliloquy/queues/${process.ppid}.json`]: JSON.stringify([job]),
    [`.soliloquy/queues/${2 ** 22 + 1}.json`]: JSON.stringify([{ ...job, run: '20260101-000000-0002' }]),
  });
  expect((await entries(bench)).map(({ run }) => run)).toEqual(['20260101-000000-0002']);
  await bench.close();
});
