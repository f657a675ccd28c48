import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { findNatsServer, isRunning, NO_NATS_SERVER, startNatsServer } from '@soliloquy/testing';
import { columnBlocks } from '../src/figure-table.ts';
import { BIN, freshProject, processesWith, readJson, soliloquy, STAGES, start } from './fixture/command.ts';

const chain = {
  format: 1,
  name: 'chain',
  nodes: {
    clips: { stage: 'count@1', params: { count: 2 } },
    far: { stage: 'add@1', params: { amount: 10 } },
    all: { stage: 'total@1' },
  },
  edges: ['clips.value -> far.value', 'far.sum -> all.values'],
  outputs: { 'sum.txt': 'all.page' },
  expect: [{ metric: 'all.sum', atLeast: 5 }],
};

describe('soliloquy sweep', () => {
  test('runs every combination, shares what is common, and compares them in one table', async () => {
    const folder = freshProject({ 'chain.json': chain });
    const { code, stdout, stderr } = await soliloquy(
      folder,
      'sweep',
      'chain.json',
      '--vary',
      'far.amount=1,20',
      '--vary',
      'all.factor=1,2',
    );
    expect(stdout.slice(stdout.indexOf('\nfar.amount') + 1)).toMatch(
      new RegExp(
        [
          '^far\\.amount {2}all\\.factor {2}ended {2}computed {2}all\\.sum',
          '1 {11}1 {11}unmet .* 3',
          '1 {11}2 {11}done .* 6',
          '20 {10}1 {11}done .* 41',
          '20 {10}2 {11}done .* 82',
          'all figures: .*sweep\\.json\n$',
        ].join('\n'),
      ),
    );
    expect([code, stderr]).toEqual([3, 'all.sum: expected at least 5, got 3\n']);
    expect(stdout.match(/\d+ executed/g)).toEqual(['4 executed', '1 executed', '3 executed', '1 executed']);
    expect(readdirSync(join(folder, 'out/chain/sweep')).sort()).toEqual([
      'far.amount=1,all.factor=1',
      'far.amount=1,all.factor=2',
      'far.amount=20,all.factor=1',
      'far.amount=20,all.factor=2',
      'sweep.json',
    ]);
    expect(readFileSync(join(folder, 'out/chain/sweep/far.amount=20,all.factor=2/sum.txt'), 'utf8')).toBe(
      'the sum is 82',
    );
    expect(readJson(folder, 'out/chain/sweep/sweep.json')).toMatchObject({
      graph: 'chain',
      vary: { 'far.amount': ['1', '20'] },
      variants: [{ values: { 'far.amount': '1', 'all.factor': '1' }, status: 'unmet' }, {}, {}, {}],
      figures: [{ metric: 'all.sum', values: [3, 6, 41, 82] }],
    });
    expect(readdirSync(join(folder, '.soliloquy/sweeps'))).toHaveLength(1);
  });

  test('swaps backbones beside what is set for all; what cannot run is said before anything does', async () => {
    const folder = freshProject({ 'chain.json': chain });
    const { code, stdout } = await soliloquy(
      folder,
      'sweep',
      'chain.json',
      '--vary',
      'far.backbone=plain,wide',
      '--set',
      'all.factor=2',
    );
    expect([code, stdout]).toEqual([0, expect.stringMatching(/far\.backbone .*\nplain .* 42\nwide .* 42\n/) as string]);
    for (const [vary, says] of [
      ['far.amount=1,many', /^--set far\.amount: expected a number, got "many"/],
      ['far.backbone=plain,plane', /^far\.backbone: expected one of plain, .*, got "plane"/],
      ['fra.amount=1', /^--set fra\.amount=1: expected a node .*did you mean "far"\?/],
      ['far=1', /^--vary far: expected node\.param=a,b or seed=1,2, got "far"/],
    ] as const) {
      const refused = await soliloquy(folder, 'sweep', 'chain.json', '--vary', vary, '--out', 'refused');
      expect([refused.code, refused.stdout]).toEqual([2, '']);
      expect(refused.stderr).toMatch(says);
    }
    expect(await soliloquy(folder, 'sweep', 'chain.json')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^--vary: expected at least one/) as string,
    });
    expect(readdirSync(folder)).not.toContain('refused');
  });
});

describe('soliloquy sweep --vary seed', () => {
  test('runs the graph under every seed, and pairs what they share', async () => {
    const twice = {
      ...chain,
      nodes: { ...chain.nodes, near: { stage: 'total@1', params: { factor: 0.5 } } },
      edges: [...chain.edges, 'far.sum -> near.values'],
      expect: [],
    };
    const folder = freshProject({ 'chain.json': twice });
    const { code, stdout, stderr } = await soliloquy(
      folder,
      'sweep',
      'chain.json',
      ...['--vary', 'seed=1,2', '--vary', 'far.amount=1,20', '--against', 'all'],
    );
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.match(/of 4: \S+/g)).toEqual(
      ['seed=1,far.amount=1', 'seed=1,far.amount=20', 'seed=2,far.amount=1', 'seed=2,far.amount=20'].map(
        (label) => `of 4: ${label}`,
      ),
    );
    const seeds = ['1', '2'].map((seed) => readJson(folder, `out/chain/sweep/seed=${seed},far.amount=1/run.json`));
    expect(seeds).toMatchObject([{ seed: 1 }, { seed: 2 }]);
    // Under either seed the sums are the same: no difference of two pairs deviates, so nothing is said of chance.
    expect(readJson(folder, 'out/chain/sweep/sweep.json')).toMatchObject({ tests: [] });
  });

  test('is refused where it is no seed, beside --seed, or against what is no node', async () => {
    const folder = freshProject({ 'chain.json': chain });
    for (const [args, says] of [
      [['--vary', 'seed=1,x'], /^--vary seed: expected whole numbers from 0 to 4294967295, got "x"/],
      [['--vary', 'seed=1,2', '--seed', '3'], /^--seed: expected one of --seed and --vary seed, got both/],
      [['--vary', 'seed=1,2', '--against', 'none'], /^--against: expected a node of the graph, got "none"/],
    ] as const) {
      const refused = await soliloquy(folder, 'sweep', 'chain.json', ...args);
      expect([refused.code, refused.stdout]).toEqual([2, '']);
      expect(refused.stderr).toMatch(says);
    }
  });
});

describe('what a sweep shows', () => {
  const doubled = {
    ...chain,
    nodes: { ...chain.nodes, before: { stage: 'total@1' }, after: { stage: 'total@1', params: { factor: 0 } } },
    edges: [...chain.edges, 'clips.value -> before.values', 'far.sum -> after.values'],
    expect: [
      { metric: 'before.sum', atLeast: 0 },
      { metric: 'after.sum', atMost: 0 },
    ],
  };

  test('is what differs or comes after what is varied, never what cannot differ; seconds as computed', async () => {
    const folder = freshProject({ 'chain.json': doubled });
    const { stdout } = await soliloquy(
      folder,
      'sweep',
      'chain.json',
      '--vary',
      'far.amount=1,20',
      '--set',
      'far.ms=300',
    );
    const table = stdout.slice(stdout.indexOf('\nfar.amount') + 1);
    expect(table).toMatch(/^far\.amount {2}ended {2}computed {2}after\.sum {2}all\.sum\n/);
    expect(table).not.toContain('before.sum');
    const again = await soliloquy(folder, 'sweep', 'chain.json', '--vary', 'far.amount=1,20', '--set', 'far.ms=300');
    expect(again.stdout).toContain('0 executed');
    // Nothing ran, and yet both took what their two elements took.
    expect(again.stdout.slice(again.stdout.indexOf('\nfar.amount') + 1)).toBe(table);
    expect(Number(/^1 +done +([\d.]+) s/m.exec(table)?.[1])).toBeGreaterThanOrEqual(0.6);
  });

  test('goes on below where it does not fit beside', () => {
    const rows = [
      ['amount', 'first', 'second', 'third'],
      ['1', '0.1', '0.2', '0.3'],
    ];
    expect(columnBlocks(rows, 1, 24)).toEqual([
      'amount  first  second',
      '1         0.1     0.2',
      '',
      'amount  third',
      '1         0.3',
    ]);
  });
});

describe('soliloquy compare', () => {
  test('says of two runs what was asked for, what differs and by how much', async () => {
    const folder = freshProject({ 'chain.json': chain });
    await soliloquy(folder, 'run', 'chain.json', '--out', 'one');
    await soliloquy(folder, 'run', 'chain.json', '--out', 'two', '--set', 'far.amount=20');
    const { code, stdout, stderr } = await soliloquy(folder, 'compare', 'one', 'two/run.json');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^--set far\.amount: not set -> 20\n\nsame: clips\ndifferent: far, all\nsum\.txt: /);
    expect(stdout).toMatch(/\nall\.sum +21 +41 +\+20\n0 figures are the same\n$/);
    const [first] = readdirSync(join(folder, '.soliloquy/runs')).sort();
    const same = await soliloquy(folder, 'compare', first, 'one');
    expect(same.stdout).toMatch(
      /^asked for the same\n\nsame: clips, far, all\ndifferent: no node\nsum\.txt: the same\n/,
    );
    expect(same.stdout).toMatch(/\n1 figure is the same\n$/);
    const json = JSON.parse((await soliloquy(folder, 'compare', 'one', 'two', '--json')).stdout) as object;
    expect(json).toMatchObject({ figures: [{ metric: 'all.sum', values: [21, 41] }], nodes: { same: ['clips'] } });
    const lost = await soliloquy(folder, 'compare', 'one', 'three');
    expect(lost).toMatchObject({ code: 2, stdout: '' });
    expect(lost.stderr).toMatch(/^soliloquy compare: expected the id of a run .*, got "three"; the latest are \d{8}-/);
  });
});

describe('soliloquy runs', () => {
  // a process for each command
  test('lists what differs from the baseline, names, notes, figures; forgets one', { timeout: 180_000 }, async () => {
    const folder = freshProject({ 'chain.json': chain });
    const ids: string[] = [];
    for (const amount of ['1', '30']) {
      await soliloquy(folder, 'run', 'chain.json', '--out', amount, '--set', `far.amount=${amount}`);
      ids.push(...readdirSync(join(folder, '.soliloquy/runs')).filter((id) => !ids.includes(id)));
    }
    const [first, second] = ids as [string, string];
    expect((await soliloquy(folder, 'runs', first, '--baseline', '--name', 'near', '--note', 'as before')).code).toBe(
      0,
    );
    const { stdout } = await soliloquy(folder, 'runs', 'chain', '--figure', 'all.sum');
    const [, newest, oldest, note] = stdout.split('\n');
    expect(newest).toMatch(new RegExp(`^ +${second} .* done .* 61 +--set far\\.amount: 1 -> 30$`));
    expect(oldest).toMatch(new RegExp(`^\\* +${first} +chain +near +unmet .* the baseline`));
    expect(note).toBe('   as before');
    expect((await soliloquy(folder, 'runs', first, '--delete')).code).toBe(0);
    const json = JSON.parse((await soliloquy(folder, 'runs', '--json')).stdout) as { runs: { run: string }[] };
    expect(json.runs).toMatchObject([{ run: second, baseline: false, differs: null }]);
    const unknown = await soliloquy(folder, 'runs', '--figure', 'all.none');
    expect(unknown).toMatchObject({
      code: 2,
      stderr: '--figure: expected all.sum, got "all.none"; name one of them\n',
    });
  });
});

describe('soliloquy sweep --nats', () => {
  test('runs its variants on the workers of a cluster and compares the same figures', async ({ skip }) => {
    skip(findNatsServer() === undefined, NO_NATS_SERVER);
    const server = await startNatsServer();
    const folder = freshProject({ 'chain.json': chain });
    const worker = start(folder, ['worker', '--nats', server.url, '--store', 'of-the-worker']);
    await worker.until('joined as');
    const { code, stdout, stderr } = await soliloquy(
      folder,
      'sweep',
      'chain.json',
      '--vary',
      'far.amount=10,20',
      '--nats',
      server.url,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.match(/\d+ executed/g)).toEqual(['4 executed', '3 executed']);
    expect(readJson(folder, 'out/chain/sweep/sweep.json')).toMatchObject({
      figures: [{ metric: 'all.sum', values: [21, 41] }],
    });
    worker.child.kill('SIGINT');
    expect(await worker.ended).toMatchObject({ code: 0 });
    await server.stop();
  }, 60_000);
});

describe('--set node.backbone', () => {
  test('swaps a backbone for one run, of which the record tells', async () => {
    const folder = freshProject({ 'chain.json': chain });
    expect(
      await soliloquy(folder, 'run', 'chain.json', '--set', 'far.backbone=wide', '--set', 'far.amount=20'),
    ).toMatchObject({ code: 0, stderr: '' });
    expect(readJson(folder, 'out/chain/run.json')).toMatchObject({
      graph: { nodes: { far: { backbone: 'wide' } } },
      set: { 'far.amount': '20' },
    });
    const near = await soliloquy(folder, 'plan', 'chain.json', '--set', 'far.backbon=wide');
    expect(near).toMatchObject({ code: 2, stderr: expect.stringMatching(/; did you mean "backbone"\?\n$/) as string });
    expect(await soliloquy(folder, 'plan', 'chain.json', '--set', 'far.backbone=wid')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^(chain\.json: )?far\.backbone: expected one of plain/) as string,
    });
  });
});

describe('soliloquy serve', () => {
  test('stops when npx does, behind whose shell it runs', async () => {
    const folder = freshProject({ 'chain.json': chain });
    const line = '"$0" "$1" serve chain.json --no-open --threads 1; true';
    const shell = spawn('sh', ['-c', line, process.execPath, BIN], {
      cwd: folder,
      env: { ...process.env, SOLILOQUY_STAGES: STAGES, npm_command: 'exec', SOLILOQUY_HOME: join(folder, 'state') },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [said] = (await once(shell.stdout, 'data')) as [Buffer];
    expect(said.toString()).toContain('notebook of');
    const pid = Number(readFileSync(`/proc/${shell.pid}/task/${shell.pid}/children`, 'utf8').trim());
    onTestFinished(() => void (isRunning(pid) && process.kill(pid, 'SIGKILL')));
    shell.kill('SIGTERM');
    await expect.poll(() => isRunning(pid), { timeout: 20_000 }).toBe(false);
  }, 60_000);

  test('prints a link that opens the project once, runs nothing, and leaves nothing behind at its end', async () => {
    const folder = freshProject({ 'chain.json': chain });
    const serving = start(folder, ['serve', 'chain.json', '--no-open']);
    const said = await serving.until('The link works once.');
    const link = /http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+/.exec(said)?.[0] as string;
    const entered = await fetch(link, { redirect: 'manual' });
    expect(entered.status).toBe(303);
    expect((await fetch(link, { redirect: 'manual' })).status).toBe(401);
    const cookie = entered.headers.get('set-cookie')?.split(';')[0] as string;
    const { origin } = new URL(link);
    expect(await (await fetch(`${origin}/api/session`, { headers: { cookie } })).json()).toMatchObject({
      graph: 'chain.json',
      version: '0.1.0',
    });
    expect(await (await fetch(`${origin}/api/runs`, { headers: { cookie } })).json()).toEqual({
      runs: [],
      metrics: [],
    });
    const opened = (await (await fetch(`${origin}/api/document?path=chain.json`, { headers: { cookie } })).json()) as {
      digest: string;
    };
    await fetch(`${origin}/api/runs`, {
      method: 'POST',
      headers: { cookie, origin, 'content-type': 'application/json' },
      body: JSON.stringify({ path: 'chain.json', digest: opened.digest, set: { 'far.ms': '60000' } }),
    });
    while (processesWith(join(folder, '.soliloquy')).length === 0)
      await new Promise((resolve) => setTimeout(resolve, 50));
    serving.child.kill('SIGTERM');
    expect(await serving.ended).toMatchObject({ code: 0, stderr: '' });
    expect(processesWith(join(folder, '.soliloquy'))).toEqual([]);
    expect(readdirSync(join(folder, 'out/chain'))).toEqual(['run.json']);
    expect(readJson(folder, 'out/chain/run.json')).toMatchObject({ status: 'cancelled' });
  });

  test('refuses a graph that is none, a graph outside, and a port that is taken or none', async () => {
    const folder = freshProject({ 'bad.json': '[', 'chain.json': chain });
    mkdirSync(join(folder, 'sub'));
    writeFileSync(join(folder, 'sub/package.json'), '{}');
    expect(await soliloquy(folder, 'serve', 'bad.json', '--no-open')).toMatchObject({ code: 2, stdout: '' });
    expect(await soliloquy(folder, 'serve', 'none.json')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^none\.json: expected a graph file/) as string,
    });
    expect(await soliloquy(folder, 'serve', '--port', 'x')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^--port: expected a whole number/) as string,
    });
    const first = start(folder, ['serve', 'chain.json', '--no-open']);
    const port = /:(\d+)\//.exec(await first.until('token='))?.[1] as string;
    expect(await soliloquy(folder, 'serve', 'chain.json', '--no-open', '--port', port)).toMatchObject({
      code: 2,
      stderr: `--port: expected a free port, got ${port}, which is taken; choose another\n`,
    });
    first.child.kill('SIGTERM');
    await first.ended;
  });
});
