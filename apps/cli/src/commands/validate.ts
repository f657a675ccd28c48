import { InvalidGraph } from '@soliloquy/graph';
import { prepareGraph } from '@soliloquy/runner';
import { EXIT } from '../exit-code.ts';
import { openInstallation } from '../open-installation.ts';
import { parseOptions } from '../parse-options.ts';
import { complain, print } from '../print.ts';
import { faultsOf, openGraph, projectFolderFor } from '../project.ts';
import { withTrustRemedy } from '../refused-config.ts';

/** `soliloquy validate GRAPH…` */
export async function execute(args: readonly string[]): Promise<number> {
  const options = parseOptions('validate', args, [1, Infinity]);
  let valid = true;
  for (const path of options.positionals) {
    const { registry } = await openInstallation(projectFolderFor(path), options);
    try {
      const document = await openGraph(path, registry);
      const { notes } = prepareGraph(document, registry);
      for (const note of notes) complain(`${path}: ${note}\n`);
      print(`${path}: valid, ${Object.keys(document.nodes).length} nodes\n`);
    } catch (thrown) {
      const error = withTrustRemedy(thrown);
      if (!(error instanceof InvalidGraph)) throw error;
      valid = false;
      for (const fault of faultsOf(path, error)) complain(`${fault}\n`);
    }
  }
  return valid ? EXIT.done : EXIT.usage;
}
