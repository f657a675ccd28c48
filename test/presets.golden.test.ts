import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { differences, digestsOf, portOf, type GoldenDigests, type RunRecord } from '@soliloquy/tools/artifact-digests';
import { PRESETS, runArguments } from '@soliloquy/tools/presets';
import { keptFolder, ROOT, soliloquy } from './fixture/command.ts';

/** Far above what the tiny size takes on two busy cores. */
const PATIENCE_MS = 240_000;

const golden = JSON.parse(readFileSync(join(ROOT, 'test/golden/digests-781f479.json'), 'utf8')) as GoldenDigests;
const folder = keptFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(Object.keys(PRESETS))('%s as it was at 781f479', (preset) => {
  const out = join(folder, preset);
  const record = (): RunRecord => JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')) as RunRecord;

  test(
    'is opened, migrated and run',
    async () => {
      const ended = await soliloquy(folder, runArguments(ROOT, preset, 'tiny', out));
      expect(ended, ended.stdout + ended.stderr).toMatchObject({ code: 0 });
      expect(record()).toMatchObject({ status: 'done', failures: [] });
    },
    PATIENCE_MS,
  );

  test('comes to the same bytes, but for what changed on purpose', ({ skip }) => {
    skip(process.arch !== golden.arch, `digests were made on ${golden.arch}`);
    expect(differences(golden, `${preset} tiny`, digestsOf(record()))).toEqual([]);
  });
});

test('what is exempt or renewed is named with its reason, and was there', () => {
  const made = new Set(
    Object.values(golden.runs)
      .flatMap((run) => Object.keys(run))
      .map(portOf),
  );
  for (const [port, reason] of [...Object.entries(golden.exempt), ...Object.entries(golden.renewed)]) {
    expect(made).toContain(port);
    expect(reason).toMatch(/\w+ \w+/);
  }
});
