import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runEventSchema } from '../src/run/events.ts';
import { freshFolder, plan, run } from './fixture/workbench.ts';

/** 3 clips, each + 1 then + 10, summed: (0+1+2) + 3*1 + 3*10 = 36. */
const chain = {
  format: 1,
  name: 'chain',
  seed: 7,
  nodes: {
    clips: { stage: 'count@1' },
    near: { stage: 'add@1' },
    far: { stage: 'add@1', params: { amount: 10 } },
    all: { stage: 'total@1' },
  },
  edges: ['clips.value -> near.value', 'near.sum -> far.value', 'far.sum -> all.values'],
  outputs: { 'sum.txt': 'all.page', 'far.json': 'far.sum' },
  expect: [{ metric: 'all.sum', atLeast: 30 }],
};

describe('a run', () => {
  test('fans out over the axis that a node makes, gathers it again, and writes its outputs', async () => {
    const folder = freshFolder();
    const result = await run(folder, chain);
    expect(result.failures).toEqual([]);
    expect(result.status).toBe('done');
    expect(result.executed).toBe(1 + 3 + 3 + 1);
    expect(readFileSync(join(folder, 'out/sum.txt'), 'utf8')).toBe('the sum is 36');
    expect(readdirSync(join(folder, 'out')).sort()).toEqual([
      'far-0.json',
      'far-1.json',
      'far-2.json',
      'run.json',
      'sum.txt',
    ]);
    expect(JSON.parse(readFileSync(join(folder, 'out/run.json'), 'utf8'))).toMatchObject({
      status: 'done',
      seed: 7,
      executed: 8,
      cached: 0,
      nodes: { far: { tasks: 3, executed: 3 } },
    });
    expect(existsSync(join(folder, 'scratch'))).toBe(false);
  });

  test('keeps the curves of its tasks in the journal, and never in an artifact', async () => {
    const folder = freshFolder();
    const result = await run(folder, chain);
    const points = [11, 23, 36].map((value, step) => ({
      type: 'task-scalar',
      node: 'all',
      element: 'all',
      name: 'sum',
      step,
      value,
    }));
    expect(result.events.filter(({ type }) => type === 'task-scalar')).toEqual(points);
    const lines = readFileSync(join(folder, 'runs', result.run, 'journal.jsonl'), 'utf8')
      .trim()
      .split('\n');
    const kept = lines.map((line) => JSON.parse(line) as { type: string }).filter(({ type }) => type === 'task-scalar');
    expect(kept).toEqual(points.map((point) => ({ at: expect.any(String) as string, ...point })));
    const again = await run(folder, chain);
    expect(again.events.filter(({ type }) => type === 'task-scalar')).toEqual([]);
  });

  test('says nothing that the schema of events does not know, and loses nothing on its way as JSON', async () => {
    const folder = freshFolder();
    const unmet = { ...chain, expect: [{ metric: 'all.sum', atLeast: 100 }] };
    const { events, status } = await run(folder, unmet);
    expect(status).toBe('unmet');
    const passed = events.map((event) => runEventSchema.parse(JSON.parse(JSON.stringify(event))));
    expect(passed).toEqual(JSON.parse(JSON.stringify(events)));
    expect(new Set(events.map(({ type }) => type))).toEqual(
      new Set([
        'run-started',
        'node-expanded',
        'task-stale',
        'task-started',
        'task-progress',
        'task-scalar',
        'task-finished',
        'output-written',
        'expectation',
        'run-finished',
      ]),
    );
    expect(runEventSchema.safeParse({ type: 'task-danced', node: 'a', element: 'a' }).success).toBe(false);
  });

  test('beside another in one store disturbs neither: of one graph, and of one that shares part of it', async () => {
    const folder = freshFolder();
    const graph = (amount: number): object => ({
      format: 1,
      name: `beside-${amount}`,
      nodes: {
        clips: { stage: 'count@1', params: { count: 6 } },
        it: { stage: 'add@1', params: { amount: 1, ms: 20 } },
        more: { stage: 'add@1', params: { amount, ms: 20 } },
        all: { stage: 'total@1' },
      },
      edges: ['clips.value -> it.value', 'it.sum -> more.value', 'more.sum -> all.values'],
      outputs: { 'sum.txt': 'all.page' },
    });
    const out = (name: string): string => join(folder, 'out', name);
    const runs = await Promise.all(
      (['a', 'b', 'c'] as const).map((name) => run(folder, graph(name === 'c' ? 5 : 3), { out: out(name) })),
    );
    expect(runs.map(({ status, failures }) => [status, failures])).toEqual(runs.map(() => ['done', []]));
    expect(new Set(runs.map((each) => each.run)).size).toBe(3);
    const sums = ['a', 'b', 'c'].map((name) => readFileSync(join(out(name), 'sum.txt'), 'utf8'));
    expect(sums).toEqual(['the sum is 39', 'the sum is 39', 'the sum is 51']);
    expect(await run(folder, graph(5), { out: out('d') })).toMatchObject({ executed: 0 });
  });

  test('executes nothing the second time', async () => {
    const folder = freshFolder();
    const first = await run(folder, chain);
    const second = await run(folder, chain);
    expect(second).toMatchObject({ status: 'done', executed: 0, cached: 8 });
    expect(second.events.filter(({ type }) => type === 'task-started')).toEqual([]);
    expect(second.outputs).toEqual(first.outputs);
  });

  test('executes only what a changed param reaches, and the plan says why', async () => {
    const folder = freshFolder();
    expect((await plan(folder, chain))[0].stale).toEqual([{ element: 'clips', reasons: ['never ran'] }]);
    await run(folder, chain);
    const set = { 'far.amount': '20' };
    const plans = await plan(folder, chain, { set });
    expect(
      plans.map(({ node, cached, stale, waiting, waitsFor }) => [node, cached, stale.length, waiting, waitsFor]),
    ).toEqual([
      ['clips', 1, 0, 0, []],
      ['near', 3, 0, 0, []],
      ['far', 0, 3, 0, []],
      ['all', 0, 0, 1, ['far']],
    ]);
    expect(plans[2].stale[0]).toEqual({ element: 'far[0]', reasons: ['params.amount 10 -> 20'] });
    const result = await run(folder, chain, { set });
    expect(result).toMatchObject({ executed: 4, cached: 4 });
    expect(result.events.find((event) => event.type === 'task-stale' && event.element === 'all')).toMatchObject({
      reasons: ['input values changed (from far.sum)'],
    });
  });

  test('is another task with another number of threads where that matters, and the plan says so', async () => {
    const folder = freshFolder();
    const graph = {
      format: 1,
      name: 'threads',
      nodes: {
        clips: { stage: 'count@1', params: { count: 1 } },
        plain: { stage: 'add@1', backbone: 'wide' },
        it: { stage: 'add@1', backbone: 'threaded' },
      },
      edges: ['clips.value -> plain.value', 'clips.value -> it.value'],
    };
    await run(folder, graph, { planned: 2 });
    const plans = await plan(folder, graph, { planned: 3 });
    expect(plans.map(({ node, cached, stale }) => [node, cached, stale])).toEqual([
      ['clips', 1, []],
      ['plain', 1, []],
      ['it', 0, [{ element: 'it[0]', reasons: ['threads 2 -> 3'] }]],
    ]);
  });

  test('a run on another device executes again what computes on it and what reads that, nothing else', async () => {
    const folder = freshFolder();
    const graph = { ...chain, nodes: { ...chain.nodes, far: { stage: 'add@1', backbone: 'adaptable' } } };
    const here = await run(folder, graph);
    expect((await plan(folder, graph, { device: 'webgpu' }))[2].stale[0]).toEqual({
      element: 'far[0]',
      reasons: [`device cpu/${process.arch} -> webgpu/${process.arch}`],
    });
    const there = await run(folder, graph, { device: 'webgpu' });
    expect(there).toMatchObject({ executed: 4, cached: 4 });
    expect(there.metrics['all'][0].values['sum']).toBeCloseTo(here.metrics['all'][0].values['sum'] + 0.003, 9);
    const record = JSON.parse(readFileSync(join(folder, 'out/run.json'), 'utf8'));
    expect(record).toMatchObject({
      devices: { class: `webgpu/${process.arch}` },
      nodes: { near: { device: `cpu/${process.arch}` }, far: { device: `webgpu/${process.arch}` } },
    });
    expect(await run(folder, graph)).toMatchObject({ executed: 0, cached: 8 });
  });

  test('takes away the outputs of the run before that it did not make again, and nothing else', async () => {
    const folder = freshFolder();
    await run(folder, chain);
    writeFileSync(join(folder, 'out/mine.txt'), 'mine');
    const { outputs, ...rest } = chain;
    await run(folder, { ...rest, outputs: { 'far.json': outputs['far.json'] } }, { set: { 'clips.count': '2' } });
    expect(readdirSync(join(folder, 'out')).sort()).toEqual(['far-0.json', 'far-1.json', 'mine.txt', 'run.json']);
  });

  test('begins with what reads an input of the graph, so that bad input is refused before the long work', async () => {
    const started: string[] = [];
    const long = { stage: 'add@1', params: { ms: 30 } };
    await run(
      freshFolder(),
      {
        format: 1,
        name: 'refusals-first',
        inputs: { line: { type: 'text', default: 'hello' } },
        nodes: {
          one: { stage: 'count@1' },
          two: { stage: 'count@1', params: { count: 2 } },
          far: long,
          farther: long,
          given: { stage: 'count@1', params: { count: 1 } },
        },
        edges: ['one.value -> far.value', 'far.sum -> farther.value', 'line -> given.text'],
      },
      { onEvent: (event) => void (event.type === 'task-started' && started.push(event.element)) },
    );
    expect(started.indexOf('given')).toBeLessThan(started.indexOf('far[0]'));
    expect(started.slice(0, 2)).toContain('given');
  });
});
