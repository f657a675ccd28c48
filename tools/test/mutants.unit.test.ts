import { existsSync, globSync } from 'node:fs';
import { expect, test } from 'vitest';
import { countMutants, survivors, type Outcome } from '../mutants/outcome.ts';
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
