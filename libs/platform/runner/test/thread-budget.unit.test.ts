import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ThreadBudget, type ThreadWish } from '../src/transport/thread-budget.ts';

const wish = fc.oneof<[fc.Arbitrary<ThreadWish>, fc.Arbitrary<ThreadWish>]>(
  fc.integer({ min: 1, max: 9 }),
  fc.constant('all'),
);

describe('the thread budget', () => {
  test('never hands out more threads than there are, and serves everybody', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 8 }),
        fc.array(fc.record({ wish, rank: fc.nat(3), ms: fc.nat(3) }), { maxLength: 20 }),
        async (total, tasks) => {
          const budget = new ThreadBudget(total);
          let out = 0;
          let most = 0;
          await Promise.all(
            tasks.map(async ({ wish: wants, rank, ms }) => {
              const lease = await budget.acquire(wants, rank);
              out += lease.threads;
              most = Math.max(most, out);
              expect(lease.threads).toBe(budget.width(wants));
              await setTimeout(ms);
              out -= lease.threads;
              lease.release();
              lease.release();
            }),
          );
          expect(most).toBeLessThanOrEqual(total);
          expect(budget.free).toBe(total);
        },
      ),
      { seed: 7, numRuns: 40 },
    );
  });

  test('lets narrow work in while a wide task waits, and the wide one when all is free', async () => {
    const budget = new ThreadBudget(2);
    const order: string[] = [];
    const first = await budget.acquire(1, 0);
    const wide = budget.acquire('all', 9).then((lease) => (order.push('wide'), lease));
    const narrow = await budget.acquire(1, 0).then((lease) => (order.push('narrow'), lease));
    narrow.release();
    first.release();
    (await wide).release();
    expect(order).toEqual(['narrow', 'wide']);
  });

  test('ranks all that becomes ready in one turn before the first is let in', async () => {
    const budget = new ThreadBudget(1);
    const order: number[] = [];
    await Promise.all(
      [1, 3, 2].map(async (rank) => {
        const lease = await budget.acquire(1, rank);
        order.push(rank);
        lease.release();
      }),
    );
    expect(order).toEqual([3, 2, 1]);
  });

  test('forgets who stopped waiting', async () => {
    const budget = new ThreadBudget(1);
    const held = await budget.acquire(1, 0);
    const abort = new AbortController();
    const waiting = budget.acquire(1, 0, abort.signal);
    abort.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    held.release();
    (await budget.acquire(1, 0)).release();
    expect(budget.free).toBe(1);
  });
});
