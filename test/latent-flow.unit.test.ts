import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keptFolder, ROOT, runJson, soliloquy, type RunJson } from './fixture/command.ts';

const folder = keptFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('graphs/latent-flow.json at tiny', () => {
  let record: RunJson;
  beforeAll(async () => {
    const graph = join(ROOT, 'graphs/latent-flow.json');
    expect(
      await soliloquy(folder, ['run', graph, '--size', 'tiny', '--threads', '2', '--store', 'store']),
    ).toMatchObject({ code: 0, stderr: '' });
    record = runJson(folder, 'latent-flow');
  }, 240_000);

  test('gives the model that it gave when it was written', ({ skip }) => {
    const golden = JSON.parse(readFileSync(join(ROOT, 'test/golden/latent-flow-tiny.json'), 'utf8')) as {
      arch: string;
      model: string;
    };
    skip(process.arch !== golden.arch, `the digest was made on ${golden.arch}`);
    expect(record.tasks.find(({ task }) => task === 'training')?.outputs).toMatchObject({ model: golden.model });
  });
});
