import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { catalogueRegistry, formatGraph, parseGraph, validateGraph } from '@soliloquy/graph';
import { runRecordSchema } from '@soliloquy/runner/record';
import {
  catalogueSchema,
  conflictSchema,
  planSchema,
  queueSchema,
  routePath,
  ROUTES,
  runListSchema,
  runMessageSchema,
  savedSchema,
  taskResultSchema,
  type Plan,
  type ToPage,
  type WireTaskResult,
} from '../src/protocol/index.ts';
import { GRAPH, openBench, STAGES, type Bench, type Page } from './fixture/open-gateway.ts';

let bench: Bench;
beforeEach(async () => void (bench = await openBench()));
afterEach(() => bench.close());

const get = async (path: string): Promise<unknown> => (await bench.ask(path)).json;
const plan = async (body: object = {}): Promise<Plan> =>
  planSchema.parse(
    (await bench.ask(ROUTES.plan, { method: 'POST', body: { path: 'graphs/small.json', ...body } })).json,
  );
const result = async (key: string): Promise<WireTaskResult> =>
  taskResultSchema.parse(await get(routePath('result', { key })));
const save = (body: object): ReturnType<Bench['ask']> =>
  bench.ask(ROUTES.document, { method: 'PUT', body: { path: 'graphs/small.json', ...body } });

describe('the catalogue', () => {
  test('lets a page judge a graph as the installation does, and says what a backbone lacks and why', async () => {
    const catalogue = catalogueSchema.parse(await get(ROUTES.catalogue));
    expect(catalogue.lacking).toEqual({
      wait: {
        lacking: [{ what: 'no-such-program', remedy: 'write it' }],
        modelled: [{ what: 'a model', remedy: 'put it into models/large', model: { param: 'model', here: ['small'] } }],
      },
    });
    const bad = parseGraph(
      JSON.stringify({ ...GRAPH, nodes: { ...GRAPH.nodes, square: { stage: 'paint@1', params: { grey: 300 } } } }),
      { path: 'bad.json' },
    );
    expect(validateGraph(bad, catalogueRegistry(catalogue))).toEqual(
      (await plan({ text: JSON.stringify(bad) })).errors,
    );
  });
});

describe('what would run is told beside what is faulty', () => {
  const text = (change: object): string => JSON.stringify({ ...GRAPH, ...change });
  const planned = ({ nodes, errors }: Plan): unknown => [
    nodes.map(({ node, cached }) => [node, cached.length]),
    errors.map(({ code, node, port }) => [code, node ?? port]),
  ];

  test('a loose node keeps the others no secret, and an input that nothing reads is in nobody’s way', async () => {
    await bench.finish();
    const inputs = { ...GRAPH.inputs, picture: { type: 'image' } };
    const loose = text({ inputs, nodes: { ...GRAPH.nodes, lone: { stage: 'read@1' } } });
    const all = [
      ['first', 1],
      ['last', 1],
      ['square', 1],
    ];
    expect(planned(await plan({ text: loose }))).toEqual([all, [['graph.missing-input', 'lone']]]);
    expect(planned(await plan({ text: text({ inputs }) }))).toEqual([all, []]);
    expect(planned(await plan({ text: loose, target: { kind: 'to', node: 'first' } }))).toEqual([[['first', 1]], []]);
    writeFileSync(join(bench.project, 'graphs/small.json'), loose);
    expect(await bench.finish({ target: { kind: 'to', node: 'last' } })).toMatchObject({ executed: 0, cached: 2 });
    writeFileSync(join(bench.project, 'graphs/small.json'), text({ inputs }));
    expect(await bench.finish()).toMatchObject({ status: 'done', cached: 3, graph: { inputs } });
  });

  test('inputs without a value or file are all named; what does without them is planned', async () => {
    const faulty = text({
      inputs: { ...GRAPH.inputs, paper: { type: 'file' }, book: { type: 'file', default: 'none.txt' } },
      nodes: { ...GRAPH.nodes, a: { stage: 'read@1' }, b: { stage: 'read@1' }, after: { stage: 'wait@1' } },
      edges: [...GRAPH.edges, 'paper -> a.file', 'book -> b.file', 'b.text -> after.text'],
    });
    const answer = await plan({ text: faulty });
    expect(planned(answer)).toEqual([
      [
        ['first', 0],
        ['last', 0],
        ['square', 0],
      ],
      [
        ['graph.missing-input', 'paper'],
        ['gateway.not-found', 'book'],
      ],
    ]);
    expect(answer.errors[0]?.message).toBe('inputs.paper: expected file, got nothing; choose a file');
  });
});

describe('a document', () => {
  test('is opened without running anything or starting a worker', async () => {
    const page = await bench.listen();
    const opened = await bench.open();
    expect(opened).toMatchObject({ path: 'graphs/small.json', formatted: false, errors: [], notes: [] });
    await plan();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(page.heard.map(({ type }) => type)).toEqual(['welcome', 'queue']);
    expect(queueSchema.parse(await get(ROUTES.queue)).entries).toEqual([]);
    expect(existsSync(join(bench.project, '.soliloquy/runs'))).toBe(false);
    expect(readFileSync(join(bench.project, 'graphs/small.json'), 'utf8')).toBe(JSON.stringify(GRAPH));
  });

  test('is saved as the one canonical text, byte for byte what soliloquy fmt writes', async () => {
    const { digest, text } = await bench.open();
    const saved = savedSchema.parse(
      (await save({ text: JSON.stringify(JSON.parse(text), null, 7), base: digest })).json,
    );
    const written = readFileSync(join(bench.project, 'graphs/small.json'), 'utf8');
    expect(written).toBe(saved.text);
    expect(await soliloquy('fmt', '--check', 'graphs/small.json')).toMatchObject({ code: 0 });
    expect(written).toBe(formatGraph(parseGraph(written, { path: 'x' })));
    expect(await bench.open()).toMatchObject({ digest: saved.digest, formatted: true });
  });

  test('that changed outside is not overwritten; of two saves from one file the second is refused', async () => {
    const { digest, text } = await bench.open();
    const theirs = formatGraph({ ...parseGraph(text, { path: 'x' }), seed: 5 });
    writeFileSync(join(bench.project, 'graphs/small.json'), theirs);
    const refused = await save({ text, base: digest });
    expect([refused.status, conflictSchema.parse(refused.json).text]).toEqual([409, theirs]);
    const { digest: now } = conflictSchema.parse(refused.json);
    const both = await Promise.all(
      [1, 2].map((seed) => save({ text: formatGraph({ ...parseGraph(text, { path: 'x' }), seed }), base: now })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    rmSync(join(bench.project, 'graphs/small.json'));
    expect((await save({ text, base: digest })).json).toMatchObject({
      code: 'gateway.conflict',
      digest: null,
      text: null,
    });
    expect((await save({ text, base: null })).status).toBe(200);
  });

  test('tells every page when it changes on disk, and who saved it', async () => {
    const page = await bench.listen();
    const { digest, text } = await bench.open();
    writeFileSync(join(bench.project, 'graphs/small.json'), text);
    const changed = await page.until(({ type }) => type === 'document-changed');
    expect(changed).toMatchObject({ path: 'graphs/small.json', by: null });
    const { digest: now } = await bench.open();
    expect(changed).toMatchObject({ digest: now });
    expect(now).not.toBe(digest);
    await save({ text: text.replace('"seed": 0', '"seed": 9'), base: now, by: 'me' });
    expect(await page.until((message) => message.type === 'document-changed' && message.by === 'me')).toBeDefined();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(page.heard.filter(({ type }) => type === 'document-changed')).toHaveLength(2);
    rmSync(join(bench.project, 'graphs/small.json'));
    expect(await page.until((message) => message.type === 'document-changed' && message.digest === null)).toMatchObject(
      { by: null },
    );
  });

  test('that is no graph is refused with line and column, and nothing is written', async () => {
    const { digest } = await bench.open();
    const refused = await save({ text: '{\n  "format": 1,\n  "nodes": {,}\n}', base: digest });
    expect([refused.status, refused.json]).toEqual([
      422,
      expect.objectContaining({
        code: 'graph.invalid',
        errors: [expect.objectContaining({ code: 'graph.not-json', line: 3 })],
      }),
    ]);
    expect((await bench.open()).digest).toBe(digest);
    // One that only cannot run yet is saved: work is not lost for a missing edge.
    const unfinished = savedSchema.parse(
      (
        await save({
          text: JSON.stringify({ ...GRAPH, edges: [], nodes: { ...GRAPH.nodes, lone: { stage: 'read@1' } } }),
          base: digest,
        })
      ).json,
    );
    expect(unfinished.errors).toMatchObject([
      { code: 'graph.unknown-input' },
      { code: 'graph.missing-input', node: 'lone' },
    ]);
  });

  test.each(['talk (1).json', 'präsentation.json', '写真 [2].json', 'SCENE.JSON', 'عرض.json', "it's 100%.json"])(
    'that is listed is opened and saved, whatever it is called: %s',
    async (name) => {
      const path = `graphs/${name}`;
      writeFileSync(join(bench.project, path), formatGraph(parseGraph(JSON.stringify(GRAPH), { path: 'small' })));
      expect(await get(ROUTES.documents)).toMatchObject({
        documents: expect.arrayContaining([expect.objectContaining({ path })]) as unknown,
      });
      const opened = await bench.ask(`${ROUTES.document}?path=${encodeURIComponent(path)}`);
      expect([opened.status, opened.json]).toMatchObject([200, { path }]);
      const { text, digest } = opened.json as { text: string; digest: string };
      expect((await save({ path, text, base: digest })).status).toBe(200);
    },
  );

  test('is deleted as it was seen, or not at all; nothing that is no graph is', async () => {
    const { digest } = await bench.open();
    const remove = (path: string, base = digest): ReturnType<Bench['ask']> =>
      bench.ask(ROUTES.removal, { method: 'POST', body: { path, base } });
    writeFileSync(join(bench.project, 'graphs/other.json'), '{"a":1}');
    expect((await remove('graphs/other.json')).status).toBe(422);
    expect((await remove('package.json')).status).toBe(403);
    expect((await remove('graphs/small.json', '0'.repeat(64))).status).toBe(409);
    expect(existsSync(join(bench.project, 'graphs/small.json'))).toBe(true);
    expect((await remove('graphs/small.json')).status).toBe(200);
    expect(existsSync(join(bench.project, 'graphs/small.json'))).toBe(false);
    expect((await remove('graphs/small.json')).status).toBe(404);
  });

  test('with a byte order mark is opened; one in UTF-16 is named', async () => {
    const text = formatGraph(parseGraph(JSON.stringify(GRAPH), { path: 'small' }));
    writeFileSync(join(bench.project, 'graphs/bom.json'), `\uFEFF${text}`);
    writeFileSync(join(bench.project, 'graphs/wide.json'), Buffer.from(`\uFEFF${text}`, 'utf16le'));
    expect((await bench.ask(`${ROUTES.document}?path=graphs/bom.json`)).status).toBe(200);
    const refused = await bench.ask(`${ROUTES.document}?path=graphs/wide.json`);
    expect(refused.status).toBe(422);
    expect(JSON.stringify(refused.json)).toContain('expected a text in UTF-8, got UTF-16; save it as UTF-8');
  });

  test('is listed with the other graphs of the project, and no other JSON is', async () => {
    writeFileSync(join(bench.project, 'graphs/other.json'), '{"some": "thing"}');
    expect(await get(ROUTES.documents)).toEqual({
      documents: [{ path: 'graphs/small.json', name: 'small', nodes: 3 }],
    });
  });
});

describe('a run', () => {
  test('is told before: what is stale and why; and after: what is cached, with keys to look at', async () => {
    expect((await plan()).nodes.map(({ node, stale }) => [node, stale])).toEqual([
      ['first', [{ element: 'first', reasons: ['never ran'] }]],
      ['last', []],
      ['square', []],
    ]);
    const { tasks } = await bench.finish();
    const after = await plan();
    expect(after.nodes.map(({ cached }) => cached.length)).toEqual([1, 1, 1]);
    expect(after.nodes.map(({ cached }) => cached[0]?.key)).toEqual(tasks.map(({ key }) => key));
    const { outputs } = await result(after.nodes[2]!.cached[0]!.key);
    expect(outputs['image']).toMatchObject([{ preview: { as: 'image', file: 'image.png', summary: '16x16' } }]);
    const changed = await plan({ set: { 'last.ms': '2' } });
    expect(changed.nodes[1]).toMatchObject({
      stale: [{ element: 'last', reasons: ['params.ms 1 -> 2'] }],
      secondsBefore: expect.any(Number) as number,
    });
  });

  test('is heard by every page once and in order, by a late one too; then from where it stopped', async () => {
    const first = await bench.listen();
    const { run } = await bench.run();
    await first.ended(run);
    const second = await bench.listen();
    const runs = (page: Page) => page.heard.filter((message) => message.type === 'run');
    await second.until((message) => message.type === 'run' && message.event.type === 'run-finished');
    expect(runs(second).map(({ seq }) => seq)).toEqual([...runs(second).map(({ seq }) => seq)].sort((a, b) => a - b));
    const lasting = runs(first).filter(({ event }) => event.type !== 'task-progress');
    expect(runs(second).filter(({ event }) => event.type !== 'task-progress')).toEqual(lasting);
    const welcome = first.heard[0] as ToPage & { type: 'welcome' };
    const curves = lasting.flatMap(({ event }) => (event.type === 'task-scalar' ? [event] : []));
    expect(new Set(curves.map(({ node, name, step }) => `${node} ${name} ${step}`))).toEqual(
      new Set(['first ms 0', 'last ms 0']),
    );
    const after = lasting.at(-3)!.seq;
    const third = await bench.listen({ start: welcome.start, after });
    await third.until((message) => message.type === 'run' && message.event.type === 'run-finished');
    expect(runs(third).map(({ seq }) => seq)).toEqual(
      runs(first)
        .map(({ seq }) => seq)
        .filter((seq) => seq > after),
    );
    const stranger = await bench.listen({ start: 'another start', after });
    await stranger.until((message) => message.type === 'run' && message.event.type === 'run-finished');
    expect(runs(stranger)).toHaveLength(runs(second).length);
    expect(
      runMessageSchema
        .array()
        .parse(await get(routePath('history', { run })))
        .map(({ event }) => event),
    ).toEqual(lasting.map(({ event }) => event));
  });

  test('outlives the page that began it, and its progress is there when the page comes back', async () => {
    const page = await bench.listen();
    const { run } = await bench.run({ set: { 'last.ms': '1500' } });
    await page.until(
      (message) => message.type === 'run' && message.event.type === 'task-progress' && message.event.element === 'last',
    );
    page.close();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const again = await bench.listen();
    const progress = (await again.until(
      (message) => message.type === 'run' && message.event.type === 'task-progress',
    )) as ToPage & { type: 'run' };
    expect(progress.event).toMatchObject({ element: 'last', note: 'tick' });
    expect(
      again.heard.filter(
        (message) => message.type === 'run' && message.event.type === 'task-progress' && message.seq <= progress.seq,
      ),
    ).toHaveLength(1);
    expect(again.heard[1]).toMatchObject({ type: 'queue', entries: [{ run, state: { kind: 'running' } }] });
    await again.ended(run);
    expect(await bench.record(run)).toMatchObject({ status: 'done' });
  });

  test('is of the file on disk or of nothing: another digest than the page shows is refused', async () => {
    const { digest } = await bench.open();
    writeFileSync(join(bench.project, 'graphs/small.json'), JSON.stringify({ ...GRAPH, seed: 3 }));
    const refused = await bench.ask(ROUTES.runs, { method: 'POST', body: { path: 'graphs/small.json', digest } });
    expect([refused.status, refused.json]).toEqual([409, expect.objectContaining({ code: 'gateway.not-saved' })]);
    const broken = await save({
      text: JSON.stringify({ ...GRAPH, edges: ['first.text -> last.texxt'] }),
      base: (await bench.open()).digest,
    });
    const unfit = await bench.ask(ROUTES.runs, {
      method: 'POST',
      body: { path: 'graphs/small.json', digest: savedSchema.parse(broken.json).digest },
    });
    expect([unfit.status, unfit.json]).toEqual([422, expect.objectContaining({ code: 'graph.invalid' })]);
    expect(queueSchema.parse(await get(ROUTES.queue)).entries).toEqual([]);
  });

  test('waits its turn; a cancel stops the run that it names and no other', async () => {
    const page = await bench.listen();
    const [running, waiting, last] = [
      await bench.run({ set: { 'last.ms': '5000' } }),
      await bench.run({ seed: 1 }),
      await bench.run({ seed: 2 }),
    ];
    await page.until(
      (message) => message.type === 'run' && message.run === running.run && message.event.type === 'task-progress',
    );
    expect(queueSchema.parse(await get(ROUTES.queue)).entries.map(({ state }) => state.kind)).toEqual([
      'running',
      'waiting',
      'waiting',
    ]);
    const cancel = (run: string) => bench.ask(routePath('cancel', { run }), { method: 'POST', body: {} });
    expect((await cancel(waiting.run)).json).toMatchObject({
      run: waiting.run,
      state: { kind: 'ended', status: 'cancelled' },
    });
    expect((await cancel(running.run)).json).toMatchObject({ run: running.run, state: { kind: 'stopping' } });
    await page.ended(last.run);
    expect(
      Object.fromEntries(
        queueSchema
          .parse(await get(ROUTES.queue))
          .entries.map(({ run, state }) => [run, state.kind === 'ended' ? state.status : state.kind]),
      ),
    ).toEqual({ [running.run]: 'cancelled', [waiting.run]: 'cancelled', [last.run]: 'done' });
    expect((await cancel(last.run)).json).toMatchObject({ state: { status: 'done' } });
    expect((await cancel('20260101-000000-abcd')).status).toBe(404);
    // The cancelled one goes on under its id.
    const resumed = await bench.run({ set: { 'last.ms': '5000' }, resume: true });
    expect(resumed.run).toBe(running.run);
    await cancel(resumed.run);
  });

  test('can be up to a node, or from a node anew; its outputs do not take away those of the whole', async () => {
    await bench.finish();
    const out = readFileSync(join(bench.project, 'out/small/square.png'));
    expect(await bench.finish({ target: { kind: 'to', node: 'last' } })).toMatchObject({ executed: 0, cached: 2 });
    const from = await bench.finish({ target: { kind: 'from', node: 'last' } });
    expect(from.tasks.map(({ task, cached }) => [task, cached])).toEqual([
      ['first', true],
      ['last', false],
      ['square', false],
    ]);
    expect(readFileSync(join(bench.project, 'out/small/square.png'))).toEqual(out);
    expect(
      await bench.ask(ROUTES.runs, {
        method: 'POST',
        body: { path: 'graphs/small.json', digest: (await bench.open()).digest, target: { kind: 'to', node: 'none' } },
      }),
    ).toMatchObject({ status: 422 });
  });

  test('of what the page saved gives, by soliloquy run, the same digests and the same files', async () => {
    const { digest, text } = await bench.open();
    await save({ text, base: digest });
    const here = await bench.finish();
    mkdirSync(join(bench.project, 'fresh'));
    const there = await soliloquy('run', 'graphs/small.json', '--store', 'fresh', '--out', 'fresh/out');
    expect(there).toMatchObject({ code: 0 });
    const other = runRecordSchema.parse(JSON.parse(readFileSync(join(bench.project, 'fresh/out/run.json'), 'utf8')));
    expect(other.executed).toBe(3);
    expect(other.tasks.map(({ task, key, outputs }) => ({ task, key, outputs }))).toEqual(
      here.tasks.map(({ task, key, outputs }) => ({ task, key, outputs })),
    );
    for (const name of Object.keys(here.outputs))
      expect(unsigned(readFileSync(join(bench.project, 'fresh/out', name)))).toEqual(
        readFileSync(join(bench.project, 'out/small', name)),
      );
  });

  test('that is under way elsewhere, ended or was interrupted is in the list', async () => {
    const done = await bench.finish();
    const folder = (run: string, pid: number): void => {
      mkdirSync(join(bench.project, '.soliloquy/runs', run), { recursive: true });
      const lines = [
        { type: 'opened', at: 'x', identity: 'y', pid },
        {
          at: '2026-01-01T00:00:00.000Z',
          type: 'run-started',
          run,
          graph: 'small',
          size: 'small',
          seed: 0,
          nodes: [],
          resumed: false,
        },
      ];
      writeFileSync(
        join(bench.project, '.soliloquy/runs', run, 'journal.jsonl'),
        lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
      );
    };
    folder('20200101-000000-0001', process.ppid);
    folder('20200101-000000-0002', 2 ** 22 + 1);
    const { runs } = runListSchema.parse(await get(`${ROUTES.runs}?graph=small`));
    expect(runs.map(({ run, status }) => [run, status])).toEqual([
      [done.run, 'done'],
      ['20200101-000000-0002', 'interrupted'],
      ['20200101-000000-0001', 'running'],
    ]);
    expect(runs[0]).toMatchObject({ executed: 3, expectations: { held: 1, of: 1 } });
    expect(runListSchema.parse(await get(`${ROUTES.runs}?graph=other`)).runs).toEqual([]);
  });
});

/** The command, in the project's folder. */
/** What the command wrote without what it signed it with; this gateway was opened without a key. */
function unsigned(file: Buffer): Buffer {
  if (!file.subarray(1, 4).equals(Buffer.from('PNG'))) return file;
  const kept = [file.subarray(0, 8)];
  for (let at = 8; at < file.length;) {
    const end = at + 12 + file.readUInt32BE(at);
    if (file.toString('latin1', at + 4, at + 8) !== 'caBX') kept.push(file.subarray(at, end));
    at = end;
  }
  return Buffer.concat(kept);
}

function soliloquy(...args: string[]): Promise<{ code: number | null; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn(
      process.execPath,
      [fileURLToPath(new URL('../../cli/bin/soliloquy.js', import.meta.url)), ...args],
      {
        cwd: bench.project,
        env: { ...process.env, SOLILOQUY_STAGES: fileURLToPath(STAGES), NO_COLOR: '1' },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    let stderr = '';
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    child.on('close', (code) => resolve({ code, stderr }));
  });
}
