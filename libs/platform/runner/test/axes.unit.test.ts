import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { freshFolder, run } from './fixture/workbench.ts';

const read = (folder: string, name: string): number =>
  JSON.parse(readFileSync(join(folder, 'out', name), 'utf8')) as number;

describe('axes', () => {
  test('multiply when they differ: every subject meets every clip, and gathering one leaves the other', async () => {
    const folder = freshFolder();
    const result = await run(folder, {
      format: 1,
      name: 'grid',
      nodes: {
        people: { stage: 'person@1', params: { count: 2 } },
        clips: { stage: 'count@1' },
        ten: { stage: 'add@1', params: { amount: 10 } },
        meet: { stage: 'add@1', params: { amount: 0 } },
        all: { stage: 'total@1' },
      },
      edges: [
        'people.value -> ten.value',
        'ten.sum -> meet.value',
        'clips.value -> meet.other',
        'meet.sum -> all.values',
      ],
      outputs: { 'meet.json': 'meet.sum', 'all.json': 'all.sum' },
    });
    expect(result.failures).toEqual([]);
    expect(result.tasks.filter(({ id }) => id.node === 'meet').map(({ id }) => id.index.join())).toEqual([
      '0,0',
      '0,1',
      '0,2',
      '1,0',
      '1,1',
      '1,2',
    ]);
    expect([0, 1].map((subject) => [0, 1, 2].map((clip) => read(folder, `meet-${subject}-${clip}.json`)))).toEqual([
      [10, 11, 12],
      [11, 12, 13],
    ]);
    expect([read(folder, 'all-0.json'), read(folder, 'all-1.json')]).toEqual([33, 36]);
  });

  test('are matched when they are the same: one element reads the like elements of its inputs', async () => {
    const folder = freshFolder();
    const result = await run(folder, {
      format: 1,
      name: 'match',
      nodes: {
        clips: { stage: 'count@1' },
        a: { stage: 'add@1' },
        b: { stage: 'add@1', params: { amount: 100 } },
        both: { stage: 'add@1', params: { amount: 0 } },
      },
      edges: ['clips.value -> a.value', 'clips.value -> b.value', 'a.sum -> both.value', 'b.sum -> both.other'],
      outputs: { 'both.json': 'both.sum' },
    });
    expect(result.tasks.filter(({ id }) => id.node === 'both')).toHaveLength(3);
    expect([0, 1, 2].map((clip) => read(folder, `both-${clip}.json`))).toEqual([101, 103, 105]);
  });

  test('multiply to so many elements at most: more are refused by their number, before one is made', async () => {
    const result = await run(freshFolder(), {
      format: 1,
      name: 'many',
      nodes: {
        people: { stage: 'person@1', params: { count: 400 } },
        clips: { stage: 'count@1', params: { count: 400 } },
        meet: { stage: 'add@1' },
      },
      edges: ['people.value -> meet.value', 'clips.value -> meet.other'],
      outputs: { 'meet.json': 'meet.sum' },
    });
    expect(result.executed).toBe(2);
    expect(result.failures.map(({ message }) => message)).toEqual([
      'meet: expected at most 100000 elements, got 160000 (400 along subject, 400 along clip); ' +
        'make fewer, or gather an axis before',
    ]);
  });

  test('of unequal length are an error that names both', async () => {
    const result = await run(freshFolder(), {
      format: 1,
      name: 'unequal',
      nodes: {
        three: { stage: 'count@1' },
        four: { stage: 'count@1', params: { count: 4 } },
        both: { stage: 'add@1' },
      },
      edges: ['three.value -> both.value', 'four.value -> both.other'],
    });
    expect(result.status).toBe('failed');
    expect(result.failures.map(({ message }) => message)).toEqual([
      'both.other: expected 3 along clip as both.value has (from three.value), got 4 from four.value; make them ' +
        'equally many',
    ]);
  });
});

describe('an output along axes', () => {
  test('names only those that have more than one element', async () => {
    const folder = freshFolder();
    const graph = {
      format: 1,
      name: 'lone',
      nodes: {
        people: { stage: 'person@1', params: { count: 1 } },
        clips: { stage: 'count@1', params: { count: 2 } },
        meet: { stage: 'add@1' },
      },
      edges: ['people.value -> meet.value', 'clips.value -> meet.other'],
      outputs: { 'meet.json': 'meet.sum', 'person.json': 'people.value' },
    };
    expect((await run(folder, graph)).outputs.map(({ name }) => name)).toEqual([
      'meet-0.json',
      'meet-1.json',
      'person.json',
    ]);
  });
});

describe('seeds', () => {
  test('differ by element, follow the seed of the graph, and do not know the name of the node', async () => {
    const folder = freshFolder();
    const graph = (name: string): object => ({
      format: 1,
      name: 'seeds',
      seed: 3,
      nodes: { clips: { stage: 'count@1' }, [name]: { stage: 'dice@1' } },
      edges: [`clips.value -> ${name}.value`],
      outputs: { 'seed.json': `${name}.seed` },
    });
    await run(folder, graph('dice'));
    const seeds = [0, 1, 2].map((clip) => read(folder, `seed-${clip}.json`));
    expect(new Set(seeds).size).toBe(3);
    expect(await run(folder, graph('renamed'))).toMatchObject({ executed: 0 });
    await run(folder, graph('dice'), { seed: 4 });
    expect([0, 1, 2].map((clip) => read(folder, `seed-${clip}.json`))).not.toEqual(seeds);
  });
});

describe('two stores', () => {
  test('come to the same digests', async () => {
    const graph = {
      format: 1,
      name: 'twice',
      seed: 5,
      nodes: { clips: { stage: 'count@1' }, dice: { stage: 'dice@1' }, all: { stage: 'total@1' } },
      edges: ['clips.value -> dice.value', 'dice.seed -> all.values'],
      outputs: { 'page.txt': 'all.page' },
    };
    const [a, b] = await Promise.all([run(freshFolder(), graph), run(freshFolder(), graph)]);
    const digests = ({ tasks }: typeof a): unknown => tasks.map(({ id, key, outputs }) => ({ id, key, outputs }));
    expect(digests(a)).toEqual(digests(b));
  });
});
