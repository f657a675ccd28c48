/** What is read of a report of Stryker (mutation-testing-report-schema). */
export interface Outcome {
  readonly files: Readonly<Record<string, { readonly source: string; readonly mutants: readonly Mutant[] }>>;
}

interface Mutant {
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly status: string;
  readonly location: { readonly start: Place; readonly end: Place };
}

interface Place {
  readonly line: number;
  readonly column: number;
}

/** A test failed, or ran without end. */
const KILLED = new Set(['Killed', 'Timeout']);
/** No test failed, or none came there. */
const SURVIVED = new Set(['Survived', 'NoCoverage']);

/** Ignored mutants, and those that do not compile, count neither way. */
export function countMutants(outcomes: readonly Outcome[]): { mutants: number; killed: number; percent: number } {
  const all = outcomes.flatMap(({ files }) => Object.values(files)).flatMap((file) => file.mutants);
  const killed = all.filter(({ status }) => KILLED.has(status)).length;
  const mutants = killed + all.filter(({ status }) => SURVIVED.has(status)).length;
  return { mutants, killed, percent: mutants === 0 ? 100 : Math.floor((1000 * killed) / mutants) / 10 };
}

/**
 * In which share of all mutants a sample's may lie, by Wilson's interval (1927) at 95 %.
 *
 * @returns percent, both ends rounded outwards to a tenth
 */
export function intervalOf({ killed, mutants }: { killed: number; mutants: number }): [number, number] {
  const z = 1.959964;
  const share = killed / mutants;
  const middle = share + (z * z) / (2 * mutants);
  const reach = z * Math.sqrt((share * (1 - share)) / mutants + (z / (2 * mutants)) ** 2);
  const [low, high] = [middle - reach, middle + reach].map((end) => (1000 * end) / (1 + (z * z) / mutants));
  return [Math.floor(Math.max(0, low)) / 10, Math.ceil(Math.min(1000, high)) / 10];
}

/** One line for each mutant that nobody noticed: place, what it was, what it became. */
export function survivors(outcomes: readonly Outcome[]): string[] {
  return outcomes.flatMap(({ files }) =>
    Object.entries(files).flatMap(([path, { source, mutants }]) =>
      mutants
        .filter(({ status }) => SURVIVED.has(status))
        .toSorted((a, b) => a.location.start.line - b.location.start.line)
        .map(({ status, mutatorName, replacement, location: { start, end } }) => {
          const was = cut(source.split('\n'), start, end);
          const seen = status === 'NoCoverage' ? ' (no test comes here)' : '';
          return `${path}:${start.line}: ${mutatorName}: ${short(was)} -> ${short(replacement ?? '')}${seen}`;
        }),
    ),
  );
}

function cut(lines: readonly string[], start: Place, end: Place): string {
  if (start.line === end.line) return lines[start.line - 1].slice(start.column - 1, end.column - 1);
  return [lines[start.line - 1].slice(start.column - 1), ...lines.slice(start.line, end.line)].join(' ');
}

function short(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}
