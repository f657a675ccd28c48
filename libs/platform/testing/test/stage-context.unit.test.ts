import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { stageContext } from '../src/index.ts';

describe('a context for tests', () => {
  test('records what a stage reports, logs and draws, and passes it on', async () => {
    const heard: string[] = [];
    const ctx = stageContext({ log: (message) => void heard.push(message) });
    await ctx.step(1, 2, 'half');
    ctx.progress(2, 2);
    ctx.log('done');
    ctx.scalar('loss', 1, 0.5);
    expect(ctx.reports).toEqual([
      { done: 1, total: 2, note: 'half' },
      { done: 2, total: 2, note: undefined },
    ]);
    expect([ctx.logs, heard]).toEqual([['done'], ['done']]);
    expect(ctx.scalars).toEqual([{ name: 'loss', step: 1, value: 0.5 }]);
  });

  test('lets the event loop run in a step, and ends the task there when it was cancelled meanwhile', async () => {
    const ctx = stageContext();
    setImmediate(() => ctx.abort());
    await expect(ctx.step(1, 2)).rejects.toThrow(/abort/i);
    expect(ctx.reports).toHaveLength(1);
  });

  test('takes its scratch folder along when it goes', async () => {
    let folder: string;
    {
      await using ctx = stageContext();
      folder = await ctx.scratch();
      expect(await ctx.scratch()).toBe(folder);
      expect(existsSync(folder)).toBe(true);
    }
    expect(existsSync(folder)).toBe(false);
  });
});
