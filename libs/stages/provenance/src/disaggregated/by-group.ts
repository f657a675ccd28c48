import type { Attributes, Metrics } from '@soliloquy/ports';
import { seededRandom } from '@soliloquy/random';
import { benjaminiHochberg, groupTest, meanInterval, type MeanInterval } from '@soliloquy/significance';
import type { Grouping } from './stage.ts';

/** Those of one value of an attribute. */
export interface Group extends MeanInterval {
  /** e.g. `older` */
  readonly name: string;
}

/** One figure by one attribute. */
export interface Comparison {
  readonly figure: string;
  readonly by: Grouping;
  /** by mean, ascending */
  readonly groups: readonly Group[];
  /** the largest mean less the smallest */
  readonly gap: number;
  /** absent where there is no test: see `groupTest` */
  readonly test?: { readonly f: number; readonly p: number; readonly q: number };
}

/** How groups are compared. */
export interface Comparing {
  readonly by: readonly Grouping[];
  readonly figures: readonly string[];
  readonly level: number;
  readonly draws: number;
  readonly seed: number;
}

/**
 * Every figure by every attribute of which people differ. Who has not got a figure, or the attribute, is left out of
 * that comparison. q is p adjusted over all comparisons that have a test.
 */
export function compareGroups(
  metrics: readonly Metrics[],
  attributes: readonly Attributes[],
  { by, figures, level, draws, seed }: Comparing,
): Comparison[] {
  const found = figures.flatMap((figure) =>
    by.flatMap((attribute): Unadjusted[] => {
      const people = metrics.flatMap(({ values }, i) =>
        values[figure] !== undefined && attributes[i].values[attribute] !== undefined
          ? [{ value: values[figure], group: attributes[i].values[attribute] }]
          : [],
      );
      const names = [...new Set(people.map(({ group }) => group))].sort();
      if (names.length < 2) return [];
      const groups = names.map((name) => ({
        name,
        ...meanInterval(
          people.flatMap(({ value, group }) => (group === name ? [value] : [])),
          level,
        ),
      }));
      groups.sort((a, b) => a.mean - b.mean);
      const test = groupTest(
        people.map(({ value }) => value),
        people.map(({ group }) => names.indexOf(group)),
        // Each test deals alike, whichever others there are.
        { draws, random: seededRandom(seed) },
      );
      return [{ figure, by: attribute, groups, gap: groups[groups.length - 1].mean - groups[0].mean, test }];
    }),
  );
  const tested = found.filter(({ test }) => test !== undefined);
  const q = benjaminiHochberg(tested.map(({ test }) => test!.p));
  return found.map(({ test, ...rest }) => {
    if (test === undefined) return rest;
    return { ...rest, test: { ...test, q: q[tested.findIndex((each) => each.test === test)] } };
  });
}

type Unadjusted = Omit<Comparison, 'test'> & { readonly test: ReturnType<typeof groupTest> };
