import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { freshFolder, plan, run } from './fixture/workbench.ts';

const said = (folder: string, name = 'text.json'): string =>
  JSON.parse(readFileSync(join(folder, 'out', name), 'utf8')) as string;

interface Node {
  stage: string;
  backbone?: string;
  params?: object;
  skip?: string;
}
const graph = (nodes: Record<string, Node>, edges: readonly string[], more: object = {}): object => ({
  format: 1,
  name: 'several',
  nodes,
  edges,
  ...more,
});

/** Clips of two makers, each fitted, and one training over both: the voices are those of each. */
const twoMakers = (change: Partial<Record<'first' | 'second', Partial<Node>>> = {}): object =>
  graph(
    {
      voices: { stage: 'count@1', params: { count: 2 } },
      first: { stage: 'add@1', params: { amount: 10 }, ...change.first },
      second: { stage: 'add@1', params: { amount: 20 }, ...change.second },
      'first-fit': { stage: 'add@1' },
      'second-fit': { stage: 'add@1', params: { amount: 2 } },
      training: { stage: 'pairs@1' },
    },
    [
      'voices.value -> first.value',
      'voices.value -> second.value',
      'first.sum -> first-fit.value',
      'second.sum -> second-fit.value',
      'first-fit.sum -> training.films',
      'voices.value -> training.voices',
      'second-fit.sum -> training.films',
      'voices.value -> training.voices',
    ],
    { outputs: { 'text.json': 'training.text' } },
  );

const ran = ({ tasks }: Awaited<ReturnType<typeof run>>): string[] => [
  ...new Set(tasks.filter(({ cached }) => !cached).map(({ id }) => id.node)),
];

describe('several edges into one gathering input', () => {
  test('bring their elements in the order of the edges, matched with those of another input', async () => {
    const folder = freshFolder();
    const result = await run(folder, twoMakers());
    expect(result.failures).toEqual([]);
    expect(said(folder)).toBe('11/0 12/1 22/0 23/1');
  });

  test('leave the rest of a graph alone: without one of two makers, only the training runs again', async () => {
    const folder = freshFolder();
    expect(ran(await run(folder, twoMakers()))).toHaveLength(6);
    const without = await run(folder, twoMakers({ second: { skip: 'mute' } }));
    expect(without.failures).toEqual([]);
    expect(ran(without)).toEqual(['training']);
    expect(said(folder)).toBe('11/0 12/1');
    expect(ran(await run(folder, twoMakers({ second: { params: { amount: 30 } } })))).toEqual([
      'second',
      'second-fit',
      'training',
    ]);
    expect(said(folder)).toBe('11/0 12/1 32/0 33/1');
  });

  test('make another task in another order', async () => {
    const folder = freshFolder();
    const nodes = { a: { stage: 'count@1' }, b: { stage: 'series@1' }, all: { stage: 'total@1' } };
    await run(folder, graph(nodes, ['a.value -> all.values', 'b.value -> all.values']));
    expect(ran(await run(folder, graph(nodes, ['a.value -> all.values', 'b.value -> all.values'])))).toEqual([]);
    expect(ran(await run(folder, graph(nodes, ['b.value -> all.values', 'a.value -> all.values'])))).toEqual(['all']);
  });

  test('say in the plan where what changed comes from', async () => {
    const folder = freshFolder();
    const sums = (from: number): object =>
      graph({ a: { stage: 'count@1' }, b: { stage: 'series@1', params: { from } }, all: { stage: 'total@1' } }, [
        'a.value -> all.values',
        'b.value -> all.values',
      ]);
    await run(folder, sums(0));
    await run(folder, sums(5), { target: { kind: 'to', node: 'b' } });
    const [all] = (await plan(folder, sums(5))).filter(({ node }) => node === 'all');
    expect(all.stale.map(({ reasons }) => reasons)).toEqual([['input values changed (from a.value, b.value)']]);
  });

  test('of unequal length beside each other are an error that names both', async () => {
    const result = await run(
      freshFolder(),
      graph(
        {
          three: { stage: 'count@1' },
          two: { stage: 'count@1', params: { count: 2 } },
          training: { stage: 'pairs@1' },
        },
        [
          'three.value -> training.films',
          'two.value -> training.films',
          'two.value -> training.voices',
          'three.value -> training.voices',
        ],
      ),
    );
    expect(result.failures.map(({ code, message }) => ({ code, message }))).toEqual([
      {
        code: 'task.axis',
        message:
          'training.voices: expected 3 + 2 along clip as training.films has (from three.value, two.value), ' +
          'got 2 + 3 from two.value, three.value; connect both edge by edge, equally many each',
      },
    ]);
  });
});

describe('an input that gathers all axes', () => {
  const nodes = {
    people: { stage: 'person@1', params: { count: 2 } },
    clips: { stage: 'count@1', params: { count: 3 } },
    ten: { stage: 'add@1', params: { amount: 10 } },
    meet: { stage: 'add@1', params: { amount: 100 } },
    alone: { stage: 'total@1' },
    table: { stage: 'table@1' },
  };
  const edges = [
    'people.value -> ten.value',
    'ten.sum -> meet.value',
    'clips.value -> meet.other',
    'clips.value -> alone.values',
    'meet.sum -> table.values',
    'alone.sum -> table.values',
  ];
  const outputs = { 'text.json': 'table.text' };

  test('takes every element of every axis, and a value without axes as one; each has its node as title', async () => {
    const folder = freshFolder();
    const result = await run(folder, graph(nodes, edges, { outputs }));
    expect(result.failures).toEqual([]);
    expect(said(folder)).toBe('meet 110, meet 111, meet 112, meet 111, meet 112, meet 113, alone 3');
    expect(result.tasks.filter(({ id }) => id.node === 'table')).toHaveLength(1);
  });

  test('but those that another input of the node carries: there is one table for each of them', async () => {
    const folder = freshFolder();
    await run(folder, graph(nodes, [...edges, 'people.value -> table.beside'], { outputs }));
    expect(said(folder, 'text-0.json')).toBe('meet 110, meet 111, meet 112, alone 3');
    expect(said(folder, 'text-1.json')).toBe('meet 111, meet 112, meet 113, alone 3');
  });

  test('runs again when a node that it is told the name of is renamed, and only then', async () => {
    const folder = freshFolder();
    const named = (name: string, table: string): object =>
      graph({ [name]: { stage: 'count@1' }, [table]: { stage: 'table@1' } }, [`${name}.value -> ${table}.values`]);
    await run(folder, named('clips', 'table'));
    expect(ran(await run(folder, named('clips', 'renamed')))).toEqual([]);
    const [, table] = await plan(folder, named('films', 'table'));
    expect(table.stale.map(({ reasons }) => reasons)).toEqual([['titles of input values changed']]);
    expect(ran(await run(folder, named('films', 'table')))).toEqual(['table']);
  });
});

describe('an axis that a param names', () => {
  test('is matched with one of its name, and multiplies with any other', async () => {
    const made = async (axis: string): Promise<number> => {
      const result = await run(
        freshFolder(),
        graph(
          {
            a: { stage: 'series@1', params: { axis: 'clip' } },
            b: { stage: 'series@1', params: { axis } },
            both: { stage: 'add@1' },
          },
          ['a.value -> both.value', 'b.value -> both.other'],
        ),
      );
      expect(result.failures).toEqual([]);
      return result.tasks.filter(({ id }) => id.node === 'both').length;
    };
    expect([await made('clip'), await made('take')]).toEqual([2, 4]);
  });

  test('follows --set: what gathers another axis is refused before anything runs', async () => {
    const doc = graph({ a: { stage: 'series@1' }, all: { stage: 'total@1' } }, ['a.value -> all.values']);
    expect((await run(freshFolder(), doc)).failures).toEqual([]);
    await expect(run(freshFolder(), doc, { set: { 'a.axis': 'take' } })).rejects.toThrow(
      'all.values: expected values along axis "clip", which it gathers, got a.value with take only',
    );
  });
});

describe('figures', () => {
  const table = (backbone: string): object =>
    graph({ a: { stage: 'count@1' }, table: { stage: 'table@1', backbone } }, ['a.value -> table.values']);

  test('that a stage does not declare are refused, with what it declares', async () => {
    const { failures } = await run(freshFolder(), table('more'));
    expect(failures).toMatchObject([{ code: 'task.bad-output' }]);
    expect(failures[0].message).toBe(
      'table.metrics: expected figures that table declares (sum, largest), ' +
        'got "mean" from backbone "more"; declare it in its measures',
    );
  });

  test('that are given without an input which they need are refused', async () => {
    const { failures } = await run(freshFolder(), table('early'));
    expect(failures).toMatchObject([{ code: 'task.bad-output' }]);
    expect(failures[0].message).toContain('table.metrics.largest: expected no such figure without beside');
  });

  test('put the version of their measure into the key, where their inputs are there', async () => {
    const folder = freshFolder();
    await run(folder, table('plain'));
    const keyed = (edges: string[]) =>
      plan(folder, graph({ a: { stage: 'count@1' }, b: { stage: 'dice@1' }, table: { stage: 'table@1' } }, edges));
    expect((await keyed(['a.value -> table.values'])).at(-1)?.cached).toBe(1);
    await run(
      folder,
      graph({ a: { stage: 'count@1' }, b: { stage: 'dice@1' }, table: { stage: 'table@1' } }, [
        'a.value -> table.values',
        'b.seed -> table.beside',
      ]),
    );
    const history = readFileSync(join(folder, 'history', 'several.json'), 'utf8');
    expect(history).toContain('"measures":{"sum":2,"largest":1}');
  });
});
