import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { freshFolder, plan, run } from './fixture/workbench.ts';

const chain = {
  format: 1,
  name: 'chain',
  nodes: {
    clips: { stage: 'count@1' },
    near: { stage: 'add@1' },
    far: { stage: 'add@1', params: { amount: 10 } },
    all: { stage: 'total@1' },
  },
  edges: ['clips.value -> near.value', 'near.sum -> far.value', 'far.sum -> all.values'],
  outputs: { 'sum.txt': 'all.page' },
  expect: [{ metric: 'all.sum', atLeast: 30 }],
};
const executed = (result: Awaited<ReturnType<typeof run>>): string[] => [
  ...new Set(result.events.flatMap((event) => (event.type === 'task-started' ? [event.node] : []))),
];

describe('a part of a graph', () => {
  test('up to a node runs that and what it needs; from a node runs anew and has the rest cached', async () => {
    const folder = freshFolder();
    const part = await run(folder, chain, { target: { kind: 'to', node: 'near' }, set: { 'far.amount': '3' } });
    expect([executed(part), part.status]).toEqual([['clips', 'near'], 'done']);
    const whole = await run(folder, chain);
    expect(executed(whole)).toEqual(['far', 'all']);
    const target = { kind: 'from', node: 'far' } as const;
    expect(
      (await plan(folder, chain, { target })).map(({ node, cached, stale }) => [node, cached, stale[0]?.reasons]),
    ).toEqual([
      ['clips', 1, undefined],
      ['near', 3, undefined],
      ['far', 0, ['asked for']],
      ['all', 0, ['asked for']],
    ]);
    const again = await run(folder, chain, { target });
    expect([executed(again), again.outputs]).toEqual([['far', 'all'], whole.outputs]);
  });

  test('a plan knows how long what it would run took the last time', async () => {
    const folder = freshFolder();
    await run(folder, chain);
    const [clips, near, far] = await plan(folder, chain, { set: { 'far.amount': '11' } });
    expect(clips!.results).toEqual([{ element: 'clips', key: expect.stringMatching(/^[0-9a-f]{64}$/) as string }]);
    for (const { secondsBefore } of [clips!, near!, far!]) expect(secondsBefore).toBeGreaterThanOrEqual(0);
    expect((await plan(freshFolder(), chain))[0]!.secondsBefore).toBeUndefined();
  });

  test('that is bypassed or muted is left out, and the record keeps the document as it was', async () => {
    const folder = freshFolder();
    const bypassed = { ...chain, nodes: { ...chain.nodes, far: { ...chain.nodes.far, skip: 'bypass' } }, expect: [] };
    await run(folder, bypassed);
    expect(readFileSync(join(folder, 'out/sum.txt'), 'utf8')).toBe('the sum is 6');
    const record = JSON.parse(readFileSync(join(folder, 'out/run.json'), 'utf8')) as { run: string; graph: unknown };
    expect(record.graph).toMatchObject({ nodes: { far: { skip: 'bypass' } }, edges: chain.edges });
    expect(existsSync(join(folder, 'runs', record.run, 'run.json'))).toBe(true);
  });
});
