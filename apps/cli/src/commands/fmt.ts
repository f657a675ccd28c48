import { formatGraph, parseGraph } from '@soliloquy/graph';
import { keepInside, writeWhole } from '@soliloquy/runner';
import { EXIT } from '../exit-code.ts';
import { parseOptions } from '../parse-options.ts';
import { print } from '../print.ts';
import { readGraphText, writingRooms } from '../project.ts';
import { UsageError } from '../usage-error.ts';

/** `soliloquy fmt GRAPH… [--check | --write]` */
export async function execute(args: readonly string[]): Promise<number> {
  const options = parseOptions('fmt', args, [1, Infinity]);
  const [check, write] = [options.flag('check'), options.flag('write')];
  if (check && write)
    throw new UsageError({
      code: 'usage.call',
      where: 'soliloquy fmt',
      expected: '--check or --write',
      got: 'both',
      remedy: 'choose one',
    });
  let formatted = true;
  for (const path of options.positionals) {
    const text = await readGraphText(path);
    const canonical = formatGraph(parseGraph(text, { path }));
    if (!check && !write) print(canonical);
    else if (text !== canonical) {
      formatted = false;
      if (write) await keepInside(path, writingRooms(path, 'soliloquy fmt'));
      if (write) await writeWhole(path, canonical);
      print(`${path}: ${write ? 'formatted' : 'not formatted; soliloquy fmt --write does it'}\n`);
    }
  }
  return check && !formatted ? EXIT.failed : EXIT.done;
}
