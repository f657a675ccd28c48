import { join } from 'node:path';
import { diskInventory } from '@soliloquy/artifacts';
import { collectGarbage, garbageOf, keepStateInside, type Keeping } from '@soliloquy/runner';
import { STORE_FOLDER } from '@soliloquy/runner/record';
import { counted, sizeWords } from '../amount-words.ts';
import { EXIT } from '../exit-code.ts';
import { parseOptions, type ParsedOptions } from '../parse-options.ts';
import { print } from '../print.ts';
import { HERE, stateFolderFor, writingRooms } from '../project.ts';
import { UsageError } from '../usage-error.ts';

const MS = { h: 3600e3, d: 24 * 3600e3, w: 7 * 24 * 3600e3 } as const;
const BYTES = { M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 } as const;

/** `soliloquy gc`: what no run names leaves the store. */
export async function execute(args: readonly string[]): Promise<number> {
  const options = parseOptions('gc', args, [0, 0]);
  const keeping: Keeping = {
    olderThanMs: measured(options, 'older-than', MS, 'a time, e.g. 12h, 30d, 8w'),
    keepBytes: measured(options, 'keep-size', BYTES, 'a size, e.g. 500M, 20G, 1T'),
  };
  const stateFolder = stateFolderFor(HERE, options.text('store'));
  await keepStateInside(stateFolder, writingRooms(HERE));
  const inventory = diskInventory(join(stateFolder, STORE_FOLDER));
  const garbage = await garbageOf(stateFolder, inventory, keeping);
  const dry = options.flag('dry-run');
  const bytes = dry ? garbage.bytes : await collectGarbage(inventory, garbage);
  const said = { artifacts: garbage.artifacts.size, results: garbage.results.size, bytes, removed: !dry };
  print(
    options.flag('json')
      ? `${JSON.stringify(said, null, 2)}\n`
      : `${dry ? 'would remove' : 'removed'} ${counted(said.artifacts, 'artifact')} and ` +
          `${counted(said.results, 'result')}, ${dry ? 'at most ' : ''}${sizeWords(bytes)}; what runs name stays\n`,
  );
  return EXIT.done;
}

/** @returns `undefined` where the option was left out; @throws UsageError */
function measured(
  options: ParsedOptions,
  name: string,
  units: Readonly<Record<string, number>>,
  expected: string,
): number | undefined {
  const text = options.text(name);
  if (text === undefined) return undefined;
  const [, number, unit] = /^(\d+(?:\.\d+)?)([A-Za-z])$/.exec(text) ?? [];
  if (number !== undefined && Object.hasOwn(units, unit)) return Number(number) * units[unit];
  throw new UsageError({
    code: 'usage.call',
    where: `--${name}`,
    expected,
    got: `"${text}"`,
    remedy: 'correct it',
  });
}
