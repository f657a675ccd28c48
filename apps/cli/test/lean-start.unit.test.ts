import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const STAGES = join(import.meta.dirname, '../src/stages.ts');

test('looking stages up loads no native addon, which every command would wait for', async () => {
  const script =
    `await import(${JSON.stringify(STAGES)});` +
    'const { sharedObjects } = process.report.getReport();' +
    "console.log(JSON.stringify(sharedObjects.filter((path) => path.endsWith('.node'))));";
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  expect(JSON.parse(stdout)).toEqual([]);
});
