import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { freshProject, readJson, soliloquy, start } from './fixture/command.ts';

const chain = {
  format: 1,
  name: 'chain',
  inputs: { line: { type: 'text', default: 'hello' } },
  nodes: {
    clips: { stage: 'count@1' },
    near: { stage: 'add@1' },
    far: { stage: 'add@1', params: { amount: 10 } },
    all: { stage: 'total@1' },
  },
  edges: ['line -> clips.text', 'clips.value -> near.value', 'near.sum -> far.value', 'far.sum -> all.values'],
  outputs: { 'sum.txt': 'all.page' },
  sizes: { tiny: { 'clips.count': 1 } },
  expect: [{ metric: 'all.sum', atLeast: 30, sizes: ['small'] }],
};

describe('soliloquy run', () => {
  test('leaves outputs and run.json in out/<name>, and does nothing the second time', async () => {
    const folder = freshProject({ 'chain.json': chain });
    const first = await soliloquy(folder, 'run', 'chain.json');
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toContain(
      '  sum.txt  out/chain/sum.txt\n  all.sum  51  at least 30\n  1 of 1 expectations hold\n' +
        'done: 8 executed, 0 cached',
    );
    expect(readdirSync(join(folder, 'out/chain')).sort()).toEqual(['run.json', 'sum.txt']);
    expect(readJson(folder, 'out/chain/run.json')).toMatchObject({
      status: 'done',
      size: 'small',
      versions: { soliloquy: '0.1.0', node: process.versions.node, '@soliloquy/runner': '0.1.0' },
      graph: { name: 'chain' },
    });
    const second = await soliloquy(folder, 'run', 'chain.json');
    expect(second.stdout).toContain('done: 0 executed, 8 cached');
    const plan = await soliloquy(folder, 'plan', 'chain.json', '--set', 'far.amount=20');
    expect(plan).toMatchObject({
      code: 0,
      stdout: 'clips  cached\nnear   3 cached\nfar    3 to run: params.amount 10 -> 20\nall    waits for far\n',
    });
  });

  test('takes inputs, sizes, params and an out folder; an expectation that does not hold exits 3', async () => {
    const folder = freshProject({ 'chain.json': chain });
    writeFileSync(join(folder, 'line.txt'), 'four');
    const options = ['--input', 'line=@line.txt', '--set', 'far.amount=0', '--out', 'here', '--junit', 'report.xml'];
    const unmet = await soliloquy(folder, 'run', 'chain.json', ...options);
    expect(unmet).toMatchObject({ code: 3, stderr: 'all.sum: expected at least 30, got 18\n' });
    expect(readFileSync(join(folder, 'here/sum.txt'), 'utf8')).toBe('the sum is 18');
    const report = readFileSync(join(folder, 'report.xml'), 'utf8');
    expect(report).toContain('<testsuite name="chain" tests="9" failures="1"');
    expect(report).toContain('type="expectation">where: all.sum\nexpected: at least 30\ngot: 18</failure>');
    expect(await soliloquy(folder, 'run', 'chain.json', ...options, '--size', 'tiny')).toMatchObject({ code: 0 });
    expect(readFileSync(join(folder, 'here/sum.txt'), 'utf8')).toBe('the sum is 5');
  });

  test('that fails exits 1 with the one message of the stage', async () => {
    const folder = freshProject({
      'chain.json': { ...chain, nodes: { ...chain.nodes, far: { stage: 'add@1', backbone: 'refusing' } } },
    });
    expect(await soliloquy(folder, 'run', 'chain.json')).toMatchObject({
      code: 1,
      stderr: 'add.value: expected an even number, got an odd one; count to another\n',
    });
    expect(readJson(folder, 'out/chain/run.json')).toMatchObject({ status: 'failed' });
  });
});

describe('what cannot run', () => {
  const edges = chain.edges;
  const bad: [string, object | string, RegExp][] = [
    ['is not JSON', '{ "format": 1,', /^bad\.json:1:\d+: expected .*, got .*; correct the JSON there\n$/],
    [
      'has a cycle',
      {
        ...chain,
        edges: [...edges.slice(0, 1), 'far.sum -> near.value', 'near.sum -> far.value', 'far.sum -> all.values'],
      },
      /^\w+: expected edges without a loop, got (near -> far -> near|far -> near -> far); remove one of these edges\n$/,
    ],
    [
      'names an unknown stage',
      { ...chain, nodes: { ...chain.nodes, far: { stage: 'ad@1' } } },
      /^far\.stage: expected a stage that is installed, got "ad@1"; did you mean "add@1"\?\n$/,
    ],
    [
      'names an unknown backbone',
      { ...chain, nodes: { ...chain.nodes, far: { stage: 'add@1', backbone: 'plane' } } },
      /^far\.backbone: .*got "plane"; did you mean "plain"\?\n$/,
    ],
    [
      'names an unknown port',
      { ...chain, edges: [...edges.slice(0, 3), 'far.summ -> all.values'] },
      /got .*"summ".*did you mean/,
    ],
    [
      'names an unknown param',
      { ...chain, nodes: { ...chain.nodes, far: { stage: 'add@1', params: { amont: 1 } } } },
      /^far\.params\.amont: .*did you mean "amount"\?\n$/,
    ],
    [
      'joins unlike types',
      { ...chain, edges: [...edges.slice(0, 3), 'line -> far.other', 'far.sum -> all.values'] },
      /expected number, got (.* )?text/,
    ],
    [
      'lacks an input',
      { ...chain, edges: edges.slice(0, 3) },
      /^all\.values: expected a connection of type number, required, got none; add an edge "… -> all\.values"\n$/,
    ],
  ];

  test.each(bad)('a graph that %s is refused with exit code 2, before anything runs', async (_what, graph, says) => {
    const folder = freshProject({ 'bad.json': graph });
    const { code, stdout, stderr } = await soliloquy(folder, 'run', 'bad.json');
    expect(stderr).toMatch(says);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).not.toContain('    at ');
    expect(readdirSync(join(folder, '.soliloquy'))).toEqual([]);
  });

  test.each([
    [
      ['run', 'chain.json', '--frobnicate'],
      /^soliloquy run: expected an option of it \(--set, .*\), got "--frobnicate"; see soliloquy help run\n$/,
    ],
    [['run'], /^soliloquy run: expected 1 argument, got none; usage: soliloquy run GRAPH/],
    [['run', 'none.json'], /^none\.json: expected a graph file, got none there; check the path\n$/],
    [['run', 'chain.json', '--size', 'vast'], /^--size: expected .*, got "vast"/],
    [['run', 'chain.json', '--seed', 'x'], /^--seed: expected a whole number/],
    [['run', 'chain.json', '--input', 'lien=x'], /^--input lien: expected an input of chain \(line\), got "lien"/],
    [
      ['run', 'chain.json', '--input', 'line=@none.txt'],
      /^--input line: expected a file that can be read, got none at /,
    ],
    [['run', 'chain.json', '--out', 'chain.json/out'], /^--out: expected a folder that can be written, got \w+ at /],
    [['run', 'chain.json', '--device', 'gpu'], /^--device: expected one of auto, webgpu, cpu, got "gpu"; /],
    [['frobnicate'], /^soliloquy: expected a command \(run, .*\), got "frobnicate"/],
    [['talk', '--image', 'me.png'], /^soliloquy talk: expected --image and --audio, got no --audio/],
    [
      ['talk', '--image', 'me.png', '--audio', 'me.wav'],
      /^--image: expected a file that can be read, got none at me\.png/,
    ],
  ])('%j exits 2 with one message', async (args, says) => {
    const folder = freshProject({ 'chain.json': chain });
    const { code, stderr } = await soliloquy(folder, ...args);
    expect(stderr).toMatch(says);
    expect(stderr.trimEnd()).not.toContain('\n');
    expect(code).toBe(2);
    expect(existsSync(join(folder, 'out'))).toBe(false);
  });

  test('a run on WebGPU without an adapter says how to go on before anything runs; auto is then the CPU', async () => {
    const folder = freshProject({
      'adapt.json': { ...chain, nodes: { ...chain.nodes, near: { stage: 'add@1', backbone: 'adaptable' } } },
    });
    // No driver at all, whatever this machine has.
    const none = { VK_ICD_FILENAMES: '/nowhere', VK_DRIVER_FILES: '/nowhere' };
    for (const command of ['run', 'plan', 'worker']) {
      const given = command === 'worker' ? ['worker', '--nats', 'nats://127.0.0.1:1'] : [command, 'adapt.json'];
      const { code, stdout, stderr } = await start(folder, [...given, '--device', 'webgpu'], none).ended;
      expect(stderr).toMatch(
        /^--device: expected a WebGPU adapter that computes, got none \(.+\); install a Vulkan .*--device cpu\n$/,
      );
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    }
    expect(existsSync(join(folder, 'out'))).toBe(false);
    expect(await start(folder, ['run', 'adapt.json'], none).ended).toMatchObject({ code: 0 });
    expect(readJson(folder, 'out/chain/run.json')).toMatchObject({
      devices: { class: `cpu/${process.arch}` },
      nodes: { near: { device: `cpu/${process.arch}` } },
    });
  });

  test('talk refuses a film that could not be written, before it trains anything', async () => {
    const folder = freshProject({ 'me.png': 'x', 'me.wav': 'x' });
    mkdirSync(join(folder, 'film.mp4'));
    expect(await soliloquy(folder, 'talk', '--image', 'me.png', '--audio', 'me.wav')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^-o: expected a file, got the folder .*film\.mp4; name a file in it\n$/) as string,
    });
  });
});

describe('soliloquy validate, fmt, diff, migrate', () => {
  test('say what is there', async () => {
    const folder = freshProject({
      'a.json': chain,
      'b.json': { ...chain, nodes: { ...chain.nodes, far: { stage: 'add@1', params: { amount: 11 } } } },
      'bad.json': '[',
    });
    expect(await soliloquy(folder, 'validate', 'a.json', 'b.json')).toMatchObject({
      code: 0,
      stdout: 'a.json: valid, 4 nodes\nb.json: valid, 4 nodes\n',
    });
    expect(await soliloquy(folder, 'validate', 'a.json', 'bad.json')).toMatchObject({
      code: 2,
      stdout: 'a.json: valid, 4 nodes\n',
    });
    expect(await soliloquy(folder, 'diff', 'a.json', 'b.json')).toMatchObject({
      code: 0,
      stdout: 'far.params.amount: 10 -> 11\n',
    });
    expect(await soliloquy(folder, 'fmt', '--check', 'a.json')).toMatchObject({ code: 1 });
    expect(await soliloquy(folder, 'fmt', '--write', 'a.json')).toMatchObject({ code: 0 });
    expect(await soliloquy(folder, 'fmt', '--check', 'a.json')).toMatchObject({ code: 0, stdout: '' });
    expect(await soliloquy(folder, 'migrate', 'a.json')).toMatchObject({
      code: 0,
      stdout: readFileSync(join(folder, 'a.json'), 'utf8'),
      stderr: 'a.json: up to date\n',
    });
    expect(statSync(join(folder, 'a.json')).size).toBeGreaterThan(0);
  });

  test('help and version answer on standard output', async () => {
    const folder = freshProject();
    expect(await soliloquy(folder, '--version')).toMatchObject({ code: 0, stdout: '0.1.0\n' });
    expect((await soliloquy(folder, '--help')).stdout).toContain('usage: soliloquy COMMAND');
    expect((await soliloquy(folder, 'help', 'run')).stdout).toContain('--resume');
  });
});
