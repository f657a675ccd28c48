import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isAllowed } from './licences/allowed.ts';
import { licenceTexts, lockedPackages, type LockedPackage } from './licences/packages.ts';

/**
 * Writes THIRD-PARTY-NOTICES from the lock file and the installed packages: the same on every platform. Refuses
 * licences that are not on the list, also of what only builds and tests. `--check` writes nothing; exit 1 where the
 * file differs.
 *
 *     node tools/notices.ts [--check]
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const path = join(root, 'THIRD-PARTY-NOTICES');

const packages = lockedPackages(root);
const refused = packages.filter(({ licence, isTool }) => !isAllowed(licence, isTool));
for (const { name, licence } of refused)
  console.error(
    `${name}: expected a licence of tools/licences/allowed.ts, got ${licence ?? 'none'}; use another package`,
  );
const text = notices(packages.filter(({ isTool }) => !isTool));
if (!process.argv.includes('--check')) writeFileSync(path, text);
else if (readFileSync(path, 'utf8') !== text) {
  console.error('THIRD-PARTY-NOTICES: expected what node tools/notices.ts writes, got another; run it');
  process.exitCode = 1;
}
if (refused.length > 0) process.exitCode = 1;

/** Names and licences of all, texts of those that every platform has; each text once. */
function notices(used: readonly LockedPackage[]): string {
  const owners = new Map<string, string[]>();
  for (const each of used.filter(({ isOptional }) => !isOptional))
    for (const text of licenceTexts(root, each)) owners.set(text, [...(owners.get(text) ?? []), each.name]);
  const rule = '-'.repeat(80);
  return [
    'Third-party notices of Soliloquy',
    '',
    'Written by tools/notices.ts. Soliloquy itself: Apache-2.0, see LICENSE.',
    '',
    readFileSync(join(root, 'tools/licences/beside.txt'), 'utf8').trim(),
    '',
    rule,
    'Packages that Soliloquy runs with, and their licences. Those with * come on some platforms only.',
    '',
    ...used.map(({ name, licence, isOptional }) => `${name}${isOptional ? ' *' : ''}: ${licence}`),
    ...[...owners].flatMap(([text, names]) => ['', rule, ...names, '', text]),
    '',
  ].join('\n');
}
