import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { carriedGraph } from '@soliloquy/graph/carried';
import {
  artifactSchema,
  comparisonSchema,
  routePath,
  ROUTES,
  runListSchema,
  sweepSchema,
  uploadSchema,
  type ListedRun,
} from '../src/protocol/index.ts';
import { GRAPH, openBench, type Bench } from './fixture/open-gateway.ts';

let bench: Bench;
// One for all: what these tests run is cached for the next.
beforeAll(async () => void (bench = await openBench()));
afterAll(() => bench.close());

const get = async (path: string): Promise<unknown> => (await bench.ask(path)).json;

describe('what was made', () => {
  test('is served in ranges, is kept by the browser, and can run nothing', async () => {
    const { outputs } = await bench.finish();
    const { digest, file } = outputs['square.png']!;
    const path = routePath('file', { digest, file });
    const whole = await bench.ask(path);
    expect(whole.headers).toMatchObject({
      'content-type': 'image/png',
      'accept-ranges': 'bytes',
      'content-length': String(whole.bytes.length),
      'content-security-policy': expect.stringContaining('sandbox') as string,
    });
    const part = await bench.ask(path, { headers: { range: 'bytes=10-19' } });
    expect([part.status, part.headers['content-range'], part.bytes]).toEqual([
      206,
      `bytes 10-19/${whole.bytes.length}`,
      whole.bytes.subarray(10, 20),
    ]);
    expect((await bench.ask(path, { headers: { range: 'bytes=-4' } })).bytes).toEqual(whole.bytes.subarray(-4));
    expect((await bench.ask(path, { headers: { range: `bytes=${whole.bytes.length - 2}-` } })).bytes).toEqual(
      whole.bytes.subarray(-2),
    );
    expect((await bench.ask(path, { headers: { range: 'bytes=999999-' } })).status).toBe(416);
    expect((await bench.ask(path, { headers: { 'if-none-match': String(whole.headers['etag']) } })).status).toBe(304);
    const small = await bench.ask(`${path}?width=16`);
    expect([small.status, small.headers['content-type']]).toEqual([200, 'image/png']);
    expect((await bench.ask(`${path}?width=9999`)).status).toBe(400);
    expect(artifactSchema.parse(await get(routePath('artifact', { digest }))).type).toBe('image');
    const report = await bench.ask(routePath('file', { digest: outputs['page.html']!.digest, file: 'report.html' }));
    expect(report.headers['content-security-policy']).toMatch(/default-src 'none'.*sandbox/);
  });

  test('carries its graph, in the out folder and as a download: document and settings that made it', async () => {
    const done = await bench.finish({ seed: 4, set: { 'square.grey': '7' } });
    const expected = {
      size: 'small',
      seed: 4,
      set: { 'square.grey': '7' },
      document: { name: 'small', nodes: GRAPH.nodes },
    };
    for (const name of ['square.png', 'page.html']) {
      const onDisk = readFileSync(join(bench.project, 'out/small', name));
      expect(carriedGraph(onDisk)).toMatchObject({ ...expected, from: GRAPH.outputs[name as 'square.png'] });
      expect((await bench.ask(routePath('output', { run: done.run, file: name }))).bytes).toEqual(onDisk);
    }
    const { digest } = done.outputs['square.png']!;
    const download = await bench.ask(routePath('download', { run: done.run, digest, file: 'image.png' }));
    expect(download.headers['content-disposition']).toContain('attachment');
    expect(carriedGraph(download.bytes)).toMatchObject({ ...expected, from: 'square.image' });
    expect(
      (await bench.ask(routePath('download', { run: done.run, digest: 'ab'.repeat(32), file: 'image.png' }))).status,
    ).toBe(404);
  });

  test('of two runs is compared: what was asked for in words, figures, outputs, nodes', async () => {
    const [a, b] = [await bench.finish(), await bench.finish({ set: { 'last.ms': '3' }, seed: 1 })];
    const comparison = comparisonSchema.parse(await get(routePath('compare', {}, { a: a.run, b: b.run })));
    expect(comparison.changes).toEqual(['seed: 0 -> 1', '--set last.ms: not set -> 3']);
    expect(comparison.figures).toContainEqual({
      metric: 'last.ms',
      element: {},
      values: [1, 3],
      unit: 'ms',
      better: 'lower',
    });
    expect(comparison.outputs.map(({ name, as, same }) => [name, as, same])).toEqual([
      ['square.png', 'image', true],
      ['page.html', 'html', true],
      ['last.txt', 'text', true],
    ]);
    expect(comparison.nodes).toEqual({ differ: ['last'], same: ['first', 'square'] });
  });

  test('is listed with what tells it from the baseline, and with what a person says of it', async () => {
    const own = await openBench();
    try {
      const list = async (): Promise<ListedRun[]> => runListSchema.parse((await own.ask(ROUTES.runs)).json).runs;
      const label = (run: string, body: object): ReturnType<Bench['ask']> =>
        own.ask(routePath('label', { run }), { method: 'PUT', body });
      const first = await own.finish();
      const part = await own.finish({ target: { kind: 'to', node: 'last' } });
      const second = await own.finish({ set: { 'square.grey': '9' } });
      const [newest, middle, oldest] = await list();
      expect([newest, middle, oldest].map((each) => [each?.run, each?.complete, each?.differs])).toEqual([
        [second.run, true, { from: part.run, changes: ['--set square.grey: not set -> 9'] }],
        [part.run, false, { from: first.run, changes: [] }],
        [first.run, true, null],
      ]);
      const { digest } = second.outputs['square.png']!;
      expect(newest).toMatchObject({ look: { digest, file: 'image.png' }, figures: { 'last.ms': 1 }, baseline: false });
      expect(newest?.secondsComputed).toBeGreaterThan(newest?.seconds === 0 ? 0 : 0.001);

      expect((await label(first.run, { name: 'plain', note: 'before', baseline: true })).status).toBe(200);
      await label(first.run, { note: '' });
      expect((await list()).map(({ name, note, baseline, differs }) => [name, note, baseline, differs?.from])).toEqual([
        [undefined, undefined, false, first.run],
        [undefined, undefined, false, first.run],
        ['plain', undefined, true, undefined],
      ]);
      expect((await label('20260101-000000-abcd', { name: 'x' })).status).toBe(404);
      expect((await label(first.run, { name: 'x'.repeat(200) })).status).toBe(400);

      const forget = (run: string): ReturnType<Bench['ask']> =>
        own.ask(routePath('forget', { run }), { method: 'POST', body: {} });
      const { run } = await own.run({ set: { 'first.ms': '60000' } });
      expect((await forget(run)).status).toBe(409);
      await own.ask(routePath('cancel', { run }), { method: 'POST', body: {} });
      expect((await forget(first.run)).status).toBe(200);
      expect((await list()).filter((each) => each.baseline || each.run === first.run)).toEqual([]);
      expect((await own.ask(routePath('file', { digest, file: 'image.png' }))).status).toBe(200);
    } finally {
      await own.close();
    }
  });

  test('is exported as one page that loads nothing, runs nothing and carries its graph', async () => {
    writeFileSync(join(bench.project, 'graphs/fresh.json'), JSON.stringify({ ...GRAPH, name: 'fresh', seed: 12345 }));
    const before = await bench.ask(routePath('export', {}, { path: 'graphs/fresh.json' }));
    expect(before.bytes.toString('utf8')).toContain('Not run yet.');
    await bench.finish();
    const { headers, bytes } = await bench.ask(routePath('export', {}, { path: 'graphs/small.json' }));
    const html = bytes.toString('utf8');
    const [shown] = html.split('<details>') as [string];
    expect(headers['content-disposition']).toBe("attachment; filename*=UTF-8''small.html");
    expect(html).toContain('<h1>Squares</h1>');
    expect(html).toMatch(/<img alt="16x16" src="data:image\/png;base64,/);
    expect(shown).toContain('&#60;script&#62;');
    expect(shown).not.toMatch(/<script|href="javascript|src="http|far\.example/);
    expect(html.match(/<script/g)).toEqual(['<script']);
    expect(html).toContain('<polyline points="46.0,10.0 180.0,110.0 314.0,46.9"/>');
    expect(html).toContain("content=\"default-src 'none'");
    expect(carriedGraph(bytes)).toMatchObject({ document: { name: 'small' } });
  });
});

describe('the exported page shows what the notebook shows', () => {
  const path = 'graphs/kept.json';
  const exported = async (query: Record<string, string> = {}): Promise<string> =>
    (await bench.ask(routePath('export', {}, { path, ...query }))).bytes
      .toString('utf8')
      .split('<details>')[0] as string;
  const write = (change: object = {}): void =>
    writeFileSync(join(bench.project, path), JSON.stringify({ ...GRAPH, name: 'kept', ...change }));

  test('whatever part of the graph the last run was of', async () => {
    write();
    await bench.finish({ path });
    const { run } = await bench.finish({ path, target: { kind: 'to', node: 'first' } });
    expect(await exported({ run })).toMatch(/<img alt="16x16"[^]*<polyline/);
  });

  test('of a run what is not there for the document as it is now', async () => {
    write();
    const { run } = await bench.finish({ path });
    write({ nodes: { ...GRAPH.nodes, square: { stage: 'paint@1', params: { grey: 3 } } } });
    expect(await exported()).toContain('Not run yet.');
    expect(await exported({ run })).toMatch(/<img alt="16x16"/);
    expect(await exported({ run })).not.toContain('Not run yet.');
  });

  test('at the size that is shown', async () => {
    write({ sizes: { tiny: { 'square.side': 8 } } });
    await bench.finish({ path, size: 'tiny' });
    expect(await exported({ size: 'tiny' })).toMatch(/<img alt="8x8"/);
  });
});

test('a sweep runs every combination and makes one table of them', async () => {
  const page = await bench.listen();
  const { digest } = await bench.open();
  const begun = sweepSchema.parse(
    (
      await bench.ask(ROUTES.sweeps, {
        method: 'POST',
        body: {
          path: 'graphs/small.json',
          digest,
          seed: 77,
          vary: { 'last.ms': ['1', '2'], 'square.grey': ['0', '9'] },
        },
      })
    ).json,
  );
  expect(begun.variants.map(({ values }) => Object.values(values))).toEqual([
    ['1', '0'],
    ['1', '9'],
    ['2', '0'],
    ['2', '9'],
  ]);
  await page.ended(begun.variants[3]!.run);
  const table = sweepSchema.parse(await get(routePath('sweep', { sweep: begun.sweep })));
  expect(table.variants.map(({ status }) => status)).toEqual(['done', 'done', 'done', 'done']);
  expect(table.figures).toContainEqual(expect.objectContaining({ metric: 'last.ms', values: [1, 1, 2, 2] }));
  const squares = table.outputs.find(({ name }) => name === 'square.png')!;
  expect([squares.same, new Set(squares.runs.map((each) => each?.digest)).size]).toEqual([false, 2]);
  // Across the variants what is not varied ran once.
  const own = new Set(begun.variants.map(({ run }) => run));
  expect(
    page.heard.filter(
      (message) =>
        message.type === 'run' &&
        own.has(message.run) &&
        message.event.type === 'task-started' &&
        message.event.node === 'first',
    ),
  ).toHaveLength(1);
  const bad = await bench.ask(ROUTES.sweeps, {
    method: 'POST',
    body: { path: 'graphs/small.json', digest, vary: { 'square.grey': ['1', '999'] } },
  });
  expect([bad.status, bad.json]).toEqual([422, expect.objectContaining({ code: 'graph.invalid' })]);
});

test('a dropped file is put among the uploads, once however often it comes, and feeds an input', async () => {
  const drop = async (name: string, content: string) => {
    const { upload } = uploadSchema.parse(
      (
        await bench.ask(ROUTES.uploads, {
          method: 'POST',
          body: { name, bytes: content.length, graph: 'graphs/small.json' },
        })
      ).json,
    );
    let state: ReturnType<typeof uploadSchema.parse> | undefined;
    for (let at = 0; at < content.length; at += 4)
      state = uploadSchema.parse(
        (
          await bench.ask(routePath('upload', { upload }), {
            method: 'POST',
            body: { at, base64: Buffer.from(content.slice(at, at + 4)).toString('base64') },
          })
        ).json,
      );
    return state?.file;
  };
  expect(await drop('my voice.txt', 'some words')).toMatchObject({
    path: 'uploads/my voice.txt',
    given: '../uploads/my voice.txt',
  });
  expect(await drop('my voice.txt', 'some words')).toMatchObject({ path: 'uploads/my voice.txt' });
  expect(await drop('my voice.txt', 'other words')).toMatchObject({ path: 'uploads/my voice-2.txt' });
  // one name on macOS and Windows
  expect(await drop('My Voice.TXT', 'words of a third')).toMatchObject({ path: 'uploads/My Voice-3.TXT' });
  const graph = {
    format: 1,
    name: 'reads',
    inputs: { thing: { type: 'file' } },
    nodes: { read: { stage: 'read@1' } },
    edges: ['thing -> read.file'],
    outputs: { 'said.txt': 'read.text' },
  };
  writeFileSync(join(bench.project, 'graphs/reads.json'), JSON.stringify(graph));
  await bench.finish({ path: 'graphs/reads.json', inputs: { thing: '../uploads/my voice-2.txt' } });
  expect(readFileSync(join(bench.project, 'out/reads/said.txt'), 'utf8')).toBe('other words');
});

test('the page is served compressed, its hashed files for good', async () => {
  const { headers, bytes } = await bench.ask('/assets/page-1.js', { headers: { 'accept-encoding': 'gzip' } });
  expect(headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'content-encoding': 'gzip',
    'cache-control': 'private, max-age=31536000, immutable',
  });
  expect(gunzipSync(bytes).toString()).toBe('export {};'.repeat(50));
  expect((await bench.ask('/')).bytes.toString()).toBe('<!doctype html><title>page</title>');
});
