import { InvalidGraph } from '@soliloquy/graph';
import { prepareGraph } from '@soliloquy/runner';
import { parseOptions } from '../parse-options.ts';
import { faultsOf, openGraph } from '../project.ts';
import { openRegistry } from '../registry-module.ts';

/** `soliloquy validate GRAPH…` */
export async function execute(args: readonly string[]): Promise<number> {
  const { positionals } = parseOptions('validate', args, [1, Infinity]);
  const registry = await openRegistry();
  let valid = true;
  for (const path of positionals) {
    try {
      const document = await openGraph(path, registry);
      prepareGraph(document, registry);
      process.stdout.write(`${path}: valid, ${Object.keys(document.nodes).length} nodes\n`);
    } catch (error) {
      if (!(error instanceof InvalidGraph)) throw error;
      valid = false;
      for (const fault of faultsOf(path, error)) process.stderr.write(`${fault}\n`);
    }
  }
  return valid ? 0 : 2;
}
