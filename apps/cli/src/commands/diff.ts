import { diffGraphs, parseGraph } from '@soliloquy/graph';
import { EXIT } from '../exit-code.ts';
import { parseOptions } from '../parse-options.ts';
import { print } from '../print.ts';
import { readGraphText } from '../project.ts';

/** `soliloquy diff GRAPH GRAPH` */
export async function execute(args: readonly string[]): Promise<number> {
  const { positionals } = parseOptions('diff', args, [2, 2]);
  const [a, b] = await Promise.all(positionals.map(async (path) => parseGraph(await readGraphText(path), { path })));
  const { changes, cells, layout } = diffGraphs(a, b);
  for (const line of changes) print(`${line}\n`);
  for (const line of [...cells, ...layout]) print(`(changes no result) ${line}\n`);
  if (changes.length + cells.length + layout.length === 0) print('no difference\n');
  return EXIT.done;
}
