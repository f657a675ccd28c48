import { spawn } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { countMutants, survivors, type Outcome } from './mutants/outcome.ts';
import { SCOPES, type Scope } from './mutants/scopes.ts';

/**
 * Changes the code one small thing at a time and sees whether a test notices (Stryker). Exit 1 where a scope has fewer
 * than 75 % killed.
 *
 *     npm run check:mutants [-- SCOPE...] [--survivors] [--report]
 *
 * `--survivors` lists what nobody noticed, `--report` shows the kept outcome and runs nothing. One run of Stryker per
 * source file: what was found is kept in `out/mutants`, and only changed code and changed tests are looked at again.
 */
const LEAST_PERCENT = 75;
const { values, positionals } = parseArgs({
  options: { survivors: { type: 'boolean', default: false }, report: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const asked = positionals.length > 0 ? positionals : Object.keys(SCOPES);
const unknown = asked.filter((name) => !(name in SCOPES));
if (unknown.length > 0) {
  console.error(`scope: expected ${Object.keys(SCOPES).join(', ')}, got ${unknown.join(', ')}`);
  process.exitCode = 2;
} else for (const name of asked) await checkScope(name, SCOPES[name]);

async function checkScope(name: string, scope: Scope): Promise<void> {
  const outcomes: Outcome[] = [];
  for (const file of filesOf(scope)) {
    const kept = join('out/mutants', name, `${file.replaceAll('/', '.')}.json`);
    mkdirSync(dirname(kept), { recursive: true });
    if (!values.report) await runStryker(name, file, kept);
    if (existsSync(kept)) outcomes.push(JSON.parse(readFileSync(kept, 'utf8')) as Outcome);
    else console.error(`${name}: no outcome for ${file}`);
  }
  const { mutants, killed, percent } = countMutants(outcomes);
  console.log(`${name}: ${killed} of ${mutants} killed, ${percent} %`);
  if (values.survivors) for (const line of survivors(outcomes)) console.log(`  ${line}`);
  if (percent < LEAST_PERCENT) process.exitCode = 1;
}

function filesOf({ mutate }: Scope): string[] {
  const [left, taken] = [mutate.filter((glob) => glob.startsWith('!')), mutate.filter((glob) => !glob.startsWith('!'))];
  return globSync(taken, { exclude: left.map((glob) => glob.slice(1)) }).sort();
}

/** @param kept where the outcome goes; Stryker's own exit code says nothing that is not in it */
function runStryker(scope: string, file: string, kept: string): Promise<void> {
  const program = join('node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js');
  const env = { ...process.env, MUTANTS_SCOPE: scope, MUTANTS_FILE: file, MUTANTS_OUTCOME: kept };
  const args = [program, 'run', 'tools/mutants/stryker.config.js'];
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', () => resolve());
  });
}
