import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { isAllowed } from '../licences/allowed.ts';
import { lockedPackages } from '../licences/packages.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

test.each([
  ['MIT', true, true],
  ['(MPL-2.0 OR Apache-2.0)', true, true],
  ['(MIT OR WTFPL)', true, true],
  ['Apache-2.0 AND LGPL-3.0-or-later AND MIT', true, true],
  ['Python-2.0', false, true],
  ['GPL-2.0-or-later', false, false],
  ['AGPL-3.0-only', false, false],
  ['MIT AND GPL-3.0-only', false, false],
  ['MIT OR (GPL-3.0-only AND BSD-2-Clause)', true, true],
  ['(GPL-3.0-only OR AGPL-3.0-only) AND MIT', false, false],
  ['CC-BY-NC-SA-4.0', false, false],
  ['SEE LICENSE IN LICENSE.md', false, false],
  ['UNLICENSED', false, false],
  ['', false, false],
  [undefined, false, false],
])('%s: to run with %s, to build with %s', (licence, runtime, tool) => {
  expect([isAllowed(licence, false), isAllowed(licence, true)]).toEqual([runtime, tool]);
});

test('the notices name every package that Soliloquy runs with, of every platform', () => {
  const text = readFileSync(new URL('../../THIRD-PARTY-NOTICES', import.meta.url), 'utf8');
  const used = lockedPackages(root).filter(({ isTool }) => !isTool);
  expect(used.length).toBeGreaterThan(150);
  for (const { name, licence, isOptional } of used)
    expect(text).toContain(`\n${name}${isOptional ? ' *' : ''}: ${licence}\n`);
  for (const named of ['win32', 'darwin-arm64', 'linuxmusl']) expect(text).toContain(named);
});
