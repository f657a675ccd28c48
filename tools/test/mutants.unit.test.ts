import { existsSync, globSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { countMutants, intervalOf, survivors, type Outcome } from '../mutants/outcome.ts';
import { SCOPES } from '../mutants/scopes.ts';

const mutant = (status: string, line: number, replacement = 'false') => ({
  mutatorName: 'ConditionalExpression',
  replacement,
  status,
  location: { start: { line, column: 5 }, end: { line, column: 10 } },
});
const outcome: Outcome = {
  files: {
    'a.ts': {
      source: 'if (a > b) return;\nif (c < d) return;\n',
      mutants: [
        mutant('Survived', 2),
        mutant('NoCoverage', 1),
        mutant('Killed', 1),
        mutant('Timeout', 1),
        mutant('Ignored', 1),
        mutant('CompileError', 1),
      ],
    },
  },
};

test('what ran without end is killed, what no test reached survived, and what was ignored counts neither way', () => {
  expect(countMutants([outcome])).toEqual({ mutants: 4, killed: 2, percent: 50 });
  expect(countMutants([outcome, outcome])).toEqual({ mutants: 8, killed: 4, percent: 50 });
  expect(countMutants([])).toEqual({ mutants: 0, killed: 0, percent: 100 });
});

test('a share is rounded down: 75 % is no less', () => {
  const mutants = [...Array.from({ length: 2 }, () => mutant('Killed', 1)), mutant('Survived', 1)];
  expect(countMutants([{ files: { 'a.ts': { source: '', mutants } } }]).percent).toBe(66.6);
});

test('survivors are listed by line with what was there and what it became', () => {
  expect(survivors([outcome])).toEqual([
    'a.ts:1: ConditionalExpression: a > b -> false (no test comes here)',
    'a.ts:2: ConditionalExpression: c < d -> false',
  ]);
});

test.each(Object.entries(SCOPES))('the scope %s has code to mutate and tests that must notice', (_name, scope) => {
  const files = globSync(scope.mutate.filter((glob) => !glob.startsWith('!')));
  expect(files.length).toBeGreaterThan(0);
  expect(files.every((file) => existsSync(file))).toBe(true);
  expect(globSync([...scope.tests]).length).toBeGreaterThan(0);
});

// SciPy 1.17.1: binomtest(k, n).proportion_ci(0.95, 'wilson'), in percent.
test.each([
  [10, 20, 29.929801, 70.070199],
  [150, 200, 68.565902, 80.479918],
  [200, 200, 98.115467, 100],
  [0, 7, 0, 35.433043],
])("of %d in %d killed, the interval is Wilson's, rounded outwards", (killed, mutants, low, high) => {
  const [from, to] = intervalOf({ killed, mutants });
  expect(from).toBe(Math.floor(low * 10) / 10);
  expect(to).toBe(Math.ceil(high * 10) / 10);
});

test('a sample takes the same mutants each time, about as many as it says; the others are not compiled', async () => {
  vi.stubEnv('MUTANTS_SAMPLE', '0.25');
  const { strykerPlugins } = await import('../mutants/sample.ts');
  const { check } = strykerPlugins[0].factory();
  const mutants = Array.from({ length: 2000 }, (_, i) => ({
    id: `${i}`,
    fileName: '/copy/libs/a/src/b.ts',
    mutatorName: 'StringLiteral',
    replacement: '""',
    location: { start: { line: i, column: 1 }, end: { line: i, column: 9 } },
  }));
  const verdicts = await check(mutants);
  const taken = Object.values(verdicts).filter(({ status }) => status === 'passed').length;
  expect(taken).toBeGreaterThan(430);
  expect(taken).toBeLessThan(570);
  const elsewhere = mutants.map((mutant) => ({ ...mutant, fileName: '/other/libs/a/src/b.ts' })).toReversed();
  expect(await check(elsewhere)).toEqual(verdicts);
  expect(new Set(Object.values(verdicts).map(({ status }) => status))).toEqual(new Set(['passed', 'compileError']));
});
