import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { findGpuCards, readGpuCards, visibleCards } from '@soliloquy/device';
import { ThreadBudget, type ThreadLease } from '../src/transport/thread-budget.ts';
import { freshFolder, run } from './fixture/workbench.ts';

const GB_36 = 34_332;

function budgetWith(...memory: readonly number[]): ThreadBudget {
  const budget = new ThreadBudget(16);
  budget.offer(memory.map((memoryMiB, index) => ({ index, memoryMiB })));
  return budget;
}

/** The leases of tasks that want a card each, as soon as they are granted. */
function granted(budget: ThreadBudget, wants: readonly (number | undefined)[]): ThreadLease[] {
  const leases: ThreadLease[] = [];
  for (const gpuMiB of wants) void budget.acquire(1, 0, undefined, gpuMiB).then((lease) => leases.push(lease));
  return leases;
}

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('two tasks of 36 GB never share a card, however much memory it has', async () => {
  const budget = budgetWith(81_559);
  const leases = granted(budget, [GB_36, GB_36, undefined]);
  await soon();
  expect(leases.map(({ gpu }) => gpu?.index)).toEqual([0, undefined]);
  leases[0].release();
  leases[0].release();
  await soon();
  expect(leases).toHaveLength(3);
  expect(leases[2].gpu?.index).toBe(0);
});

test('a task gets the smallest card that is large enough', async () => {
  const leases = granted(budgetWith(81_559, 24_564, 49_140), [13_000, GB_36, 20_000]);
  await soon();
  expect(leases.map(({ gpu }) => gpu?.index)).toEqual([1, 2, 0]);
});

test('two cards run two tasks, and a third waits', async () => {
  const leases = granted(budgetWith(40_000, 40_000), [GB_36, GB_36, GB_36]);
  await soon();
  expect(leases.map(({ gpu }) => gpu?.index)).toEqual([0, 1]);
});

test('where no card is large enough the task is refused, not kept waiting', async () => {
  await expect(budgetWith(24_564).acquire(1, 0, undefined, GB_36)).rejects.toMatchObject({
    code: 'task.no-gpu',
    message: expect.stringContaining('expected a card with 34332 MiB, got card 0 with 24564 MiB'),
  });
  await expect(new ThreadBudget(2).acquire(1, 0, undefined, 1)).rejects.toMatchObject({ code: 'task.no-gpu' });
});

test('whether tasks could all have a card now is known before any of them is taken', async () => {
  const budget = budgetWith(81_559, 24_564);
  expect(budget.hasCardsFor([GB_36])).toBe(true);
  expect(budget.hasCardsFor([13_000, GB_36])).toBe(true);
  expect(budget.hasCardsFor([GB_36, GB_36])).toBe(false);
  expect(budget.hasCardsFor([GB_36, 13_000, 1])).toBe(false);
  const [lease] = granted(budget, [GB_36]);
  expect(lease).toBeUndefined();
  await soon();
  expect(budget.hasCardsFor([GB_36])).toBe(false);
  expect(budget.hasCardsFor([13_000])).toBe(true);
  expect(new ThreadBudget(2).hasCardsFor([1])).toBe(false);
});

test('a task that no card here can hold fails by its name', async () => {
  const nodes = { it: { stage: 'add@1', backbone: 'carded' }, value: { stage: 'count@1', params: { count: 1 } } };
  const document = { format: 1, name: 'carded', nodes, edges: ['value.value -> it.value'] };
  const { failures } = await run(freshFolder(), document, { gpus: [{ index: 0, memoryMiB: 24_564 }] });
  expect(failures).toMatchObject([
    {
      code: 'task.no-gpu',
      message: expect.stringMatching(/^it\[0\]: this machine: expected a card with 34332 MiB, got card 0 with 24564/),
    },
  ]);
});

const LISTED = [
  { index: 0, memoryMiB: 81_559, uuid: 'GPU-5a1c0b6e-1111' },
  { index: 1, memoryMiB: 24_564, uuid: 'GPU-77aa0b6e-2222' },
  { index: 2, memoryMiB: 24_564, uuid: 'GPU-9b00aaaa-3333' },
];

test('cards are read as nvidia-smi writes them', () => {
  const text = LISTED.map(({ index, memoryMiB, uuid }) => `${index}, ${memoryMiB}, ${uuid}\n`).join('');
  expect(readGpuCards(text)).toEqual(LISTED);
  expect(readGpuCards('NVIDIA-SMI has failed\n')).toEqual([]);
});

test.each([
  [undefined, [0, 1, 2]],
  ['2,0', [2, 0]],
  ['1', [1]],
  [' GPU-77aa , 0', [1, 0]],
  ['0,7,1', [0]],
  ['1,1', [1]],
  ['-1', []],
  ['', []],
  ['MIG-1', []],
])("of CUDA_VISIBLE_DEVICES=%j the cards are %j: the others are somebody else's", (named, indices) => {
  expect(visibleCards(LISTED, named).map(({ index }) => index)).toEqual(indices);
});

test.skipIf(process.platform === 'win32')(
  'the program is asked in words that it knows, and found on the path',
  async () => {
    const folder = freshFolder();
    const asked = '--query-gpu=index,memory.total,uuid --format=csv,noheader,nounits';
    const script = `#!/bin/sh\n[ "$*" = '${asked}' ] && echo '0, 81559, GPU-1' && echo '1, 24564, GPU-2'\n`;
    writeFileSync(join(folder, 'nvidia-smi'), script, { mode: 0o755 });
    vi.stubEnv('PATH', `${folder}:${process.env.PATH}`);
    vi.stubEnv('CUDA_VISIBLE_DEVICES', '1');
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(await findGpuCards()).toEqual([{ index: 1, memoryMiB: 24_564 }]);
  },
);
