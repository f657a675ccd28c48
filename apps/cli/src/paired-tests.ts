import type { GraphDocument } from '@soliloquy/graph';
import { FILMS } from '@soliloquy/ports/metrics';
import { seededRandom } from '@soliloquy/random';
import { SEED_KEY, type FigureRow } from '@soliloquy/runner/compare';
import { benjaminiHochberg, bootstrapInterval, cohensDz, pairedTTest } from '@soliloquy/significance';

/** One side of a comparison: a node, under the values that were varied beside the seed. */
export interface Arm {
  readonly node: string;
  readonly values: Readonly<Record<string, string>>;
}

/** A paired t-test of one figure between two arms. */
export interface TestRow {
  /** what its pairs are: `films`, `seed`, or the axes of the figure's node, e.g. `clip` */
  readonly over: string;
  readonly figure: string;
  readonly arm: Arm;
  readonly against: Arm;
  /** pairs */
  readonly count: number;
  /** mean of arm − against */
  readonly difference: number;
  /** of the mean difference, 95 %, by drawing the pairs anew; absent where they cannot tell */
  readonly interval?: readonly [low: number, high: number];
  /** Cohen's d_z, the mean difference in deviations of the differences */
  readonly effect?: number;
  readonly t: number;
  readonly p: number;
  /** of Benjamini and Hochberg, among all tests over the same */
  readonly q: number;
}

/** What a sweep came to. */
export interface Swept {
  readonly document: GraphDocument;
  /** what each run was given, in their order */
  readonly variants: readonly { readonly values: Readonly<Record<string, string>> }[];
  readonly figures: readonly FigureRow[];
}

/** Resamples of an interval, and what they are drawn by: the same table twice has the same ends. */
const DRAWS = 9999;
const SEED = 1;

type Untested = Omit<TestRow, 'q'>;
/** A figure of an arm by unit. */
type Units = ReadonlyMap<string, number>;

/**
 * Paired t-tests of a sweep's figures: of every combination against the first, and of every node against each of
 * `against` that has its stage. Pairs are what both share: films (or elements), each as its mean over the seeds, and
 * seeds, each as its mean over films. A film under another seed is no pair of its own: its voice is the same.
 *
 * @param against names of nodes
 * @returns tests in the order of figures; none where fewer than two pairs are shared, or all differ alike
 */
export function pairedTests(swept: Swept, against: readonly string[]): TestRow[] {
  const byFigure = Map.groupBy(swept.figures, ({ metric }) => metric);
  const tests = comparisons(swept, against).flatMap(([arm, other]) =>
    [...byFigure.keys()]
      .filter((metric) => nodeOf(metric) === arm.node)
      .flatMap((metric): Untested[] => {
        const figure = metric.slice(arm.node.length + 1);
        const [rows, others] = [byFigure.get(metric)!, byFigure.get(`${other.node}.${figure}`)];
        if (others === undefined) return [];
        return [overElements, overSeeds].flatMap((unitsOf) => {
          const [a, b] = [unitsOf(swept, rows, arm), unitsOf(swept, others, other)];
          return testOf(a, b).map((test) => ({ ...test, figure, arm, against: other }));
        });
      }),
  );
  return [...Map.groupBy(tests, ({ over }) => over).values()].flatMap((family) => {
    const q = benjaminiHochberg(family.map(({ p }) => p));
    return family.map((test, i) => ({ ...test, q: q[i] }));
  });
}

function comparisons({ document, variants, figures }: Swept, against: readonly string[]): (readonly [Arm, Arm])[] {
  const nodes = [...new Set(figures.map(({ metric }) => nodeOf(metric)))];
  const combinations = [...new Map(variants.map(({ values }) => [keyOf(values), withoutSeed(values)])).values()];
  const [first, ...later] = combinations;
  const stageOf = (node: string): string | undefined => document.nodes[node]?.stage;
  return [
    ...later.flatMap((values) =>
      nodes.map(
        (node) =>
          [
            { node, values },
            { node, values: first },
          ] as const,
      ),
    ),
    ...against.flatMap((other) =>
      nodes
        .filter((node) => node !== other && stageOf(node) === stageOf(other))
        .flatMap((node) =>
          combinations.map(
            (values) =>
              [
                { node, values },
                { node: other, values },
              ] as const,
          ),
        ),
    ),
  ];
}

interface Measured {
  readonly over: string;
  readonly units: Units;
}

/** Films of a set, or elements of a node, each as its mean over the runs of the arm; what one run lacks is no unit. */
function overElements({ variants }: Swept, rows: readonly FigureRow[], { values }: Arm): Measured {
  const runs = runsOf(variants, values);
  const units = new Map<string, number>();
  const put = (unit: string, of: readonly (number | null | undefined)[]): void => {
    const known = of.filter((value) => typeof value === 'number');
    if (known.length === runs.length && known.length > 0) units.set(unit, mean(known));
  };
  const [{ films, element }] = rows;
  if (films === undefined) {
    for (const row of rows)
      put(
        JSON.stringify(row.element),
        runs.map((run) => row.values[run]),
      );
    return { over: Object.keys(element).join(' and ') || 'nothing', units };
  }
  const longest = Math.max(...rows.flatMap((row) => (row.films ?? []).map((course) => course?.length ?? 0)));
  for (const row of rows)
    for (let film = 0; film < longest; film++)
      put(
        JSON.stringify([row.element, film]),
        runs.map((run) => row.films?.[run]?.[film]),
      );
  return { over: FILMS, units };
}

/** Seeds, each as its mean over the elements of the node. */
function overSeeds({ variants }: Swept, rows: readonly FigureRow[], { values }: Arm): Measured {
  const units = new Map<string, number>();
  for (const run of runsOf(variants, values)) {
    const seed = variants[run].values[SEED_KEY];
    const known = rows.map((row) => row.values[run]).filter((value) => typeof value === 'number');
    if (seed !== undefined && known.length === rows.length) units.set(seed, mean(known));
  }
  return { over: SEED_KEY, units };
}

function testOf(a: Measured, b: Measured): Omit<Untested, 'figure' | 'arm' | 'against'>[] {
  const shared = [...a.units.keys()].filter((unit) => b.units.has(unit));
  if (shared.length < 2) return [];
  const [ofA, ofB] = [a, b].map(({ units }) => shared.map((unit) => units.get(unit)!));
  const { count, difference, test } = pairedTTest(ofA, ofB);
  if (test === undefined) return [];
  const differences = ofA.map((value, i) => value - ofB[i]);
  const { interval } = bootstrapInterval(differences, mean, { draws: DRAWS, random: seededRandom(SEED) });
  return [{ over: a.over, count, difference, interval, effect: cohensDz(ofA, ofB), t: test.t, p: test.p }];
}

function runsOf(variants: Swept['variants'], values: Arm['values']): number[] {
  const key = keyOf(values);
  return [...variants.keys()].filter((run) => keyOf(variants[run].values) === key);
}

function withoutSeed({ [SEED_KEY]: _, ...values }: Readonly<Record<string, string>>): Record<string, string> {
  return values;
}

function keyOf(values: Readonly<Record<string, string>>): string {
  return JSON.stringify(withoutSeed(values));
}

/** `fit.psnr` -> `fit`: names of nodes have no dot. */
function nodeOf(metric: string): string {
  return metric.slice(0, metric.indexOf('.'));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
