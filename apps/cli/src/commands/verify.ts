import { examineFile, findingRows, verdictOf, type Findings } from '@soliloquy/content-credentials/examine';
import { EXIT } from '../exit-code.ts';
import { parseOptions } from '../parse-options.ts';
import { print } from '../print.ts';
import { HERE, stateFolderFor } from '../project.ts';
import { UsageError } from '../usage-error.ts';

/** `soliloquy verify FILE`: what it says of how it was made, and whether that is true. */
export async function execute(args: readonly string[]): Promise<number> {
  const options = parseOptions('verify', args, [1, 1]);
  const [path] = options.positionals;
  const stateFolder = stateFolderFor(HERE, options.text('store'));
  const findings = await examineFile(path, stateFolder).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  print(options.flag('json') ? `${JSON.stringify(findings, null, 2)}\n` : `${path}: ${linesOf(findings)}`);
  return findings.state === 'whole' ? EXIT.done : EXIT.failed;
}

/** What cannot be read, told; anything else that went wrong as it is. */
function unreadable(path: string, cause: unknown): unknown {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === undefined || !/^E[A-Z]+$/.test(code)) return cause;
  return new UsageError(
    {
      code: 'usage.call',
      where: 'soliloquy verify',
      expected: 'a file that can be read',
      got: `${code} at ${path}`,
      remedy: 'check the path',
    },
    { cause },
  );
}

function linesOf(findings: Findings): string {
  const rows = findingRows(findings).map(([left, right]) => `  ${left.padEnd(7)}  ${right}\n`);
  return `${verdictOf(findings)}\n${rows.join('')}`;
}
