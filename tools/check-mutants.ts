import { spawn } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { countMutants, intervalOf, survivors, type Outcome } from './mutants/outcome.ts';
import { SCOPES, type Scope } from './mutants/scopes.ts';

/**
 * Changes the code one small thing at a time and sees whether a test notices (Stryker). Exit 1 where a scope has fewer
 * than 75 % killed.
 *
 *     npm run check:mutants [-- SCOPE...] [--sample SHARE] [--survivors] [--report]
 *
 * `--survivors` lists what nobody noticed, `--report` shows the kept outcome and runs nothing. One run of Stryker per
 * source file: what was found is kept in `out/mutants`, and only changed code and changed tests are looked at again.
 * `--sample 0.1` looks at a tenth of the mutants, the same ones each time, in one run for the whole scope.
 */
const LEAST_PERCENT = 75;
const { values, positionals } = parseArgs({
  options: {
    survivors: { type: 'boolean', default: false },
    report: { type: 'boolean', default: false },
    sample: { type: 'string' },
  },
  allowPositionals: true,
});
const asked = positionals.length > 0 ? positionals : Object.keys(SCOPES);
const unknown = asked.filter((name) => !(name in SCOPES));
const share = values.sample === undefined ? 1 : Number(values.sample);
if (!(share > 0 && share <= 1)) {
  console.error(`--sample: expected a share above 0 and at most 1, got ${values.sample}`);
  process.exitCode = 2;
} else if (unknown.length > 0) {
  console.error(`scope: expected ${Object.keys(SCOPES).join(', ')}, got ${unknown.join(', ')}`);
  process.exitCode = 2;
} else for (const name of asked) await checkScope(name, SCOPES[name]);

async function checkScope(name: string, scope: Scope): Promise<void> {
  const outcomes: Outcome[] = [];
  for (const { files, kept } of runsOf(name, filesOf(scope))) {
    mkdirSync(dirname(kept), { recursive: true });
    if (!values.report) await runStryker(name, files, kept);
    if (existsSync(kept)) outcomes.push(JSON.parse(readFileSync(kept, 'utf8')) as Outcome);
    else console.error(`${name}: no outcome for ${files.join(', ')}`);
  }
  const { mutants, killed, percent } = countMutants(outcomes);
  const [low, high] = intervalOf({ mutants, killed });
  const sampled = share < 1 ? ` of a sample of ${share}, of all between ${low} and ${high} %` : '';
  console.log(`${name}: ${killed} of ${mutants} killed, ${percent} %${sampled}`);
  if (values.survivors) for (const line of survivors(outcomes)) console.log(`  ${line}`);
  if (percent < LEAST_PERCENT) process.exitCode = 1;
}

function filesOf({ mutate }: Scope): string[] {
  const [left, taken] = [mutate.filter((glob) => glob.startsWith('!')), mutate.filter((glob) => !glob.startsWith('!'))];
  return globSync(taken, { exclude: left.map((glob) => glob.slice(1)) }).sort();
}

/** A sample is taken in one run, so that files with few mutants do not start one each; it is kept apart. */
function runsOf(name: string, files: readonly string[]): { files: readonly string[]; kept: string }[] {
  if (share < 1) return [{ files, kept: join('out/mutants', `${name}-${share}`, 'sample.json') }];
  return files.map((file) => ({
    files: [file],
    kept: join('out/mutants', name, `${file.replaceAll('/', '.')}.json`),
  }));
}

/** @param kept where the outcome goes; Stryker's own exit code says nothing that is not in it */
function runStryker(scope: string, files: readonly string[], kept: string): Promise<void> {
  const program = join('node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js');
  const env = {
    ...process.env,
    MUTANTS_SCOPE: scope,
    MUTANTS_FILES: files.join(','),
    MUTANTS_OUTCOME: kept,
    ...(share < 1 && { MUTANTS_SAMPLE: `${share}` }),
  };
  const args = [program, 'run', 'tools/mutants/stryker.config.js'];
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', () => resolve());
  });
}
