import type { House } from './files.ts';
import { findFunctions, measureFunctions } from './functions.ts';
import { tooLong } from './lines.ts';

/** What `npm run lint` holds the house to. */
export const LIMITS = { lineCharacters: 120, functionLines: 80, functionMedian: 8, functionP95: 45 } as const;

/** What is beyond a limit, one sentence each, with the place first. */
export function breaches({ code, program }: House): string[] {
  const found = program.map(({ path, text }) => ({ path, ...findFunctions(path, text) }));
  const { median, p95 } = measureFunctions(found);
  const lines = code.flatMap(({ path, text }) =>
    tooLong(text, LIMITS.lineCharacters).map(
      ({ at, length }) => `${path}:${at}: expected at most ${LIMITS.lineCharacters} characters, got ${length}`,
    ),
  );
  const functions = found.flatMap(({ path, functions: list }) =>
    list
      .filter(({ length }) => length > LIMITS.functionLines)
      .map(
        ({ name = 'a callback', at, length }) =>
          `${path}:${at}: expected a function of at most ${LIMITS.functionLines} lines, got ${name} of ${length}`,
      ),
  );
  const all = [
    [`the median of functions`, LIMITS.functionMedian, median],
    [`the 95th percentile of functions`, LIMITS.functionP95, p95],
  ] as const;
  return [
    ...lines,
    ...functions,
    ...all
      .filter(([, limit, got]) => got > limit)
      .map(([what, limit, got]) => `${what}: expected at most ${limit} lines, got ${got}`),
  ];
}
