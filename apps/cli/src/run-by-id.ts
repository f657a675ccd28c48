import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { RECORD_FILE } from '@soliloquy/graph/limits';
import { RUNS_FOLDER } from '@soliloquy/runner/record';
import { UsageError } from './usage-error.ts';

/**
 * The id of a run that left its record, from the beginning of it.
 *
 * @param where the command, for messages
 * @throws UsageError where none or several begin so
 */
export async function runById(text: string, stateFolder: string, where: string): Promise<string> {
  const folder = join(stateFolder, RUNS_FOLDER);
  const ids = (await readdir(folder).catch(() => [])).filter((id) => existsSync(join(folder, id, RECORD_FILE))).sort();
  const found = ids.filter((id) => id.startsWith(text));
  if (found.length === 1) return found[0];
  throw new UsageError({
    code: 'usage.call',
    where,
    expected: "the id of a run (or its beginning), its run.json, or that file's folder",
    got: `"${text}"${found.length > 1 ? `, which ${found.length} runs begin with` : ''}`,
    remedy: `the latest are ${(found.length > 1 ? found : ids).slice(-5).reverse().join(', ') || 'none'}`,
  });
}
