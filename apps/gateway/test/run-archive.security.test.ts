import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RunArchive } from '../src/run-archive.ts';

const RUN = '20261130-021301-abcdef';
const at = '2026-11-30T02:13:01.000Z';
const opened = { type: 'opened', at, identity: 'a', pid: 2 ** 22 + 1 };
const started = { type: 'run-started', at, graph: 'one', size: 'tiny', seed: 7 };
const finished = {
  type: 'run-finished',
  run: RUN,
  at,
  status: 'failed',
  seconds: 2,
  executed: 3,
  cached: 4,
  record: null,
};
const progress = { type: 'task-progress', at, node: 'a' };

/** A state folder with one run; `record` is what its run.json holds. */
function left(lines: readonly (object | string)[], record?: string): RunArchive {
  const state = mkdtempSync(join(tmpdir(), 'soliloquy-archive-'));
  const folder = join(state, 'runs', RUN);
  mkdirSync(folder, { recursive: true });
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  writeFileSync(join(folder, 'journal.jsonl'), text);
  if (record !== undefined) writeFileSync(join(folder, 'run.json'), record);
  return new RunArchive(state);
}

const told = async (archive: RunArchive): Promise<object[]> => (await archive.list(undefined, () => false)).runs;
const ENDED = { run: RUN, graph: 'one', status: 'failed', size: 'tiny', seed: 7, executed: 3, cached: 4 };

test('a run without a record is told from its journal, past thousands of lines and one that was cut', async () => {
  const lines = [opened, started, ...new Array<object>(5000).fill(progress), finished, '{"type":"run-fin'];
  expect(await told(left(lines))).toMatchObject([ENDED]);
  expect(await told(left(lines.slice(0, -2)))).toMatchObject([{ run: RUN, status: 'interrupted', executed: null }]);
  expect(await left(lines).history(RUN)).toMatchObject([{ event: { type: 'run-finished' } }]);
});

test.each([
  ['of tasks that are none', JSON.stringify({ tasks: new Array(100_000).fill({ task: 'a' }) })],
  ['that is larger than any', `{"run":"${'x'.repeat(9 * 2 ** 20)}"}`],
  ['nested without end', `{"run":"x","graph":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
])('a planted record %s is told from the journal too, each time', async (_what, record) => {
  const archive = left([opened, started, finished], record);
  expect(await told(archive)).toMatchObject([ENDED]);
  expect(await told(archive)).toMatchObject([ENDED]);
});

test('a planted journal of other words is none', async () => {
  expect(await told(left(['x', '{', JSON.stringify(progress)]))).toEqual([]);
  await expect(left(['x', '{']).history(RUN)).rejects.toMatchObject({ status: 404 });
});
