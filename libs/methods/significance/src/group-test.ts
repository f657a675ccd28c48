import { Fault } from '@soliloquy/fault';

/** Whether groups differ. */
export interface GroupTest {
  /** F of a one-way analysis of variance */
  readonly f: number;
  /** share of the ways to deal the values to the groups that give an F at least as large */
  readonly p: number;
}

/** An F that is less by so little, of its own size, is as large: rounding. */
const ROUNDING = 1e-12;

/**
 * Whether values depend on their group: a permutation test of the F of a one-way analysis of variance,
 * (Σ n_g (x̄_g − x̄)² / (k − 1)) / (Σ (x − x̄_g)² / (n − k)). It takes nothing for granted of how values are
 * distributed. p = (1 + dealt F as large) / (1 + draws) (Phipson and Smyth 2010), so never below 1 / (1 + draws).
 *
 * @param values of each unit
 * @param groups the group of each, a number from 0
 * @param how    `draws` ways to deal, by `random` numbers of [0, 1)
 * @returns      `undefined` where there is no test: one group, one value in each, or all values alike
 * @throws Fault `significance.argument` where there are not as many groups as values
 */
export function groupTest(
  values: readonly number[],
  groups: readonly number[],
  { draws, random }: { readonly draws: number; readonly random: () => number },
): GroupTest | undefined {
  if (values.length !== groups.length)
    throw new Fault({
      code: 'significance.argument',
      where: 'groupTest.groups',
      expected: `the group of each of ${values.length} values`,
      got: `${groups.length}`,
      remedy: 'name one for each',
      audience: 'author',
    });
  const kinds = new Set(groups).size;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const all = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const scale = Math.max(...values.map(Math.abs));
  if (kinds < 2 || values.length <= kinds || Math.sqrt(all / values.length) <= scale * 1e-14) return undefined;
  const f = (dealt: readonly number[]): number => {
    const between = betweenGroups(dealt, groups, mean);
    return between / (kinds - 1) / (Math.max(0, all - between) / (values.length - kinds));
  };
  const found = f(values);
  const dealt = [...values];
  let asLarge = 0;
  for (let draw = 0; draw < draws; draw++) {
    for (let i = dealt.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [dealt[i], dealt[j]] = [dealt[j], dealt[i]];
    }
    if (f(dealt) >= found * (1 - ROUNDING)) asLarge += 1;
  }
  return { f: found, p: (1 + asLarge) / (1 + draws) };
}

/** Σ n_g (x̄_g − x̄)² */
function betweenGroups(values: readonly number[], groups: readonly number[], mean: number): number {
  const sums = new Map<number, { sum: number; count: number }>();
  values.forEach((value, i) => {
    const { sum, count } = sums.get(groups[i]) ?? { sum: 0, count: 0 };
    sums.set(groups[i], { sum: sum + value - mean, count: count + 1 });
  });
  return [...sums.values()].reduce((total, { sum, count }) => total + (sum * sum) / count, 0);
}
