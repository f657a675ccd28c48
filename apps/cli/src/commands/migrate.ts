import { formatGraph, migrateGraph, parseGraph } from '@soliloquy/graph';
import { keepInside, writeWhole } from '@soliloquy/runner';
import { EXIT } from '../exit-code.ts';
import { openInstallation } from '../open-installation.ts';
import { parseOptions } from '../parse-options.ts';
import { complain, print } from '../print.ts';
import { projectFolderFor, readGraphText, writingRooms } from '../project.ts';

/**
 * `soliloquy migrate GRAPH… [--write]`: what was done goes to standard error, the graph to standard output or back into
 * the file.
 */
export async function execute(args: readonly string[]): Promise<number> {
  const options = parseOptions('migrate', args, [1, Infinity]);
  for (const path of options.positionals) {
    const { registry } = await openInstallation(projectFolderFor(path), options);
    const { doc, notes } = migrateGraph(parseGraph(await readGraphText(path), { path }), registry);
    for (const note of notes) complain(`${path}: ${note}\n`);
    if (notes.length === 0) complain(`${path}: up to date\n`);
    const changes = options.flag('write') && notes.length > 0;
    if (changes) await keepInside(path, writingRooms(path, 'soliloquy migrate'));
    if (!options.flag('write')) print(formatGraph(doc));
    else if (changes) await writeWhole(path, formatGraph(doc));
  }
  return EXIT.done;
}
