import { expect, test } from 'vitest';
import { readGpuCards } from '@soliloquy/device';
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

test('cards are read as nvidia-smi writes them', () => {
  expect(readGpuCards('0, 81559\n1, 24564\n')).toEqual([
    { index: 0, memoryMiB: 81_559 },
    { index: 1, memoryMiB: 24_564 },
  ]);
  expect(readGpuCards('NVIDIA-SMI has failed\n')).toEqual([]);
});
