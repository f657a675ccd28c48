import { existsSync, mkdirSync, readdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROUTES } from '../src/protocol/index.ts';
import { openBench } from './fixture/open-gateway.ts';

test.each(['out', 'out/small', 'out/small/sweep'])(
  'a link at "%s" is refused before a run is queued, and nothing is written through it',
  async (place) => {
    const bench = await openBench();
    try {
      const home = join(bench.project, '../home');
      mkdirSync(home);
      mkdirSync(join(bench.project, place, '..'), { recursive: true });
      symlinkSync(home, join(bench.project, place));
      const { digest } = await bench.open();
      const path = 'graphs/small.json';
      const asked =
        place === 'out/small/sweep'
          ? await bench.ask(ROUTES.sweeps, {
              method: 'POST',
              body: { path, digest, vary: { 'last.ms': ['1', '2'] } },
            })
          : await bench.ask(ROUTES.runs, { method: 'POST', body: { path, digest } });
      expect(asked.status).toBe(403);
      expect(asked.json).toMatchObject({ code: 'run.outside-project' });
      expect((await bench.ask(ROUTES.queue)).json).toEqual({ entries: [] });
      expect(readdirSync(home)).toEqual([]);
    } finally {
      await bench.close();
    }
  },
);

test('a link that is put there while the run goes on is not followed either', async () => {
  const bench = await openBench();
  try {
    const home = join(bench.project, '../home');
    mkdirSync(home);
    const page = await bench.listen();
    const { run } = await bench.run({ set: { 'first.ms': '1500' } } as never);
    await page.until((message) => message.type === 'run' && message.event.type === 'task-started');
    if (existsSync(join(bench.project, 'out'))) renameSync(join(bench.project, 'out'), join(bench.project, 'moved'));
    symlinkSync(home, join(bench.project, 'out'));
    await page.ended(run);
    page.close();
    expect(readdirSync(home)).toEqual([]);
  } finally {
    await bench.close();
  }
});
