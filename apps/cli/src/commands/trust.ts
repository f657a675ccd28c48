import { join } from 'node:path';
import { changedFiles, closureOfConfig, configFault, TrustRecord, type ImportClosure } from '@soliloquy/runner';
import { EXIT } from '../exit-code.ts';
import { configOf } from '../open-installation.ts';
import { parseOptions } from '../parse-options.ts';
import { print } from '../print.ts';
import { projectFolderFor } from '../project.ts';
import { UsageError } from '../usage-error.ts';
import { trustRecordPath } from '../user-settings.ts';

const SHOWN = 12;

/** `soliloquy trust [FOLDER]`: what the project's configuration would run; a person who calls it allows that. */
export async function execute(args: readonly string[]): Promise<number> {
  const options = parseOptions('trust', args, [0, 1]);
  const [folder = '.'] = options.positionals;
  const [list, revoke] = [options.flag('list'), options.flag('revoke')];
  if (list && revoke)
    throw new UsageError({
      code: 'usage.call',
      where: 'soliloquy trust',
      expected: '--list or --revoke',
      got: 'both',
      remedy: 'choose one',
    });
  const configPath = configOf(projectFolderFor(join(folder, 'graph.json')));
  if (configPath === undefined)
    throw configFault({
      code: 'config.missing',
      where: folder,
      expected: 'a project with a soliloquy.config.ts',
      got: 'none there',
      remedy: 'nothing needs your trust; soliloquy new writes one',
    });
  const record = new TrustRecord(trustRecordPath());
  const closure = closureOfConfig(configPath);
  if (revoke) {
    say(record.revoke(closure.root) ? `${configPath}: no longer trusted` : `${configPath}: was not trusted`);
    return EXIT.done;
  }
  const known = record.allows(closure);
  const before = record.latest(closure.root)?.files ?? [];
  const changed = before.length > 0 && !known ? changedFiles(before, closure.files) : [];
  for (const line of linesOf(closure, changed)) say(line);
  for (const path of changed) if (!closure.files.some((file) => file.path === path)) say(`  gone          ${path}`);
  if (list) say(known ? 'trusted' : 'not trusted');
  else {
    record.allow(closure);
    say(`${configPath}: ${known ? 'trusted already' : 'trusted until one of these files changes'}`);
  }
  return EXIT.done;
}

function linesOf({ root, files, packages, computed }: ImportClosure, changed: readonly string[]): string[] {
  return [
    `code of ${root}:`,
    ...files.map(
      ({ path, digest }) => `  ${digest.slice(0, SHOWN)}  ${path}${changed.includes(path) ? '  (changed)' : ''}`,
    ),
    ...packages.map((each) => `  package       ${each}  (known by its version alone)`),
    ...computed.map((path) => `  note          ${path} loads modules by computed names; others than these are refused`),
  ];
}

function say(text: string): void {
  print(`${text}\n`);
}
