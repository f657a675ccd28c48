import { chosenScope } from './scopes.ts';

const { mutate, seconds = 5, whole = false } = chosenScope();
/** Where the outcome goes, and is read from to leave out what did not change. `tools/check-mutants.ts` sets it. */
const outcome = process.env.MUTANTS_OUTCOME ?? 'out/mutants/last.json';

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  packageManager: 'npm',
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner', './tools/mutants/ignore-words.js', './tools/mutants/sample.ts'],
  ignorers: ['words'],
  checkers: process.env.MUTANTS_SAMPLE === undefined ? [] : ['sample'],
  vitest: { configFile: 'tools/mutants/vitest.config.js', related: false, pool: 'threads' },
  coverageAnalysis: whole ? 'off' : 'perTest',
  // Constants and schemas of modules: each costs a run of every test of its scope.
  ignoreStatic: !whole && process.env.MUTANTS_STATIC === undefined,
  mutate: process.env.MUTANTS_FILES === undefined ? [...mutate] : process.env.MUTANTS_FILES.split(','),
  // Not read by any scope; the sandbox is a copy of the rest.
  ignorePatterns: ['apps/notebook', 'docs', '**/out', '**/.soliloquy', '.nx'],
  // Numerical code whose loop a mutant makes endless ends by the count of hits or by this.
  timeoutMS: 1000 * seconds,
  concurrency: Number(process.env.MUTANTS_WORKERS ?? 2),
  tempDirName: '.stryker-tmp',
  reporters: ['progress-append-only'],
  incremental: true,
  incrementalFile: outcome,
  thresholds: { high: 90, low: 75, break: null },
  allowConsoleColors: false,
};
