import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('npm ci warns of nothing that a person cannot change', { timeout: 120_000 }, async () => {
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  // As from a terminal: what `npm test` hands to its children is not of the project's `.npmrc`.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
  const { stderr } = await promisify(execFile)('npm', ['ci', '--dry-run'], {
    cwd,
    env,
    shell: process.platform === 'win32',
  });
  expect(stderr).toBe('');
});
