import { FILMS } from '@soliloquy/ports';
import { defineMeasure } from '@soliloquy/stage';
import { isMostlySeen } from '../../evaluation/tracked/limbs.ts';
import { deviation } from '../../evaluation/tracked/statistics.ts';
import { pointPairs, type PointPair } from '../film-set.ts';
import { motionSetInputs } from '../inputs.ts';
import { pathsOfGroup, POINT_GROUPS, type PointGroup } from '../point-parts.ts';

type Name = `variance:points:${PointGroup}`;
const name = (group: PointGroup): Name => `variance:points:${group}`;

const figures = Object.fromEntries(
  POINT_GROUPS.flatMap((group) => [
    [
      name(group),
      {
        text: `variance of the ${group}'s points${group === 'mouth' ? ', less the head,' : ''} over the truths'`,
        series: FILMS,
      },
    ],
    [`${name(group)}/count`, { text: 'films that have the figure' }],
  ]),
) as Record<Name | `${Name}/count`, { text: string; series?: string }>;

/**
 * Σ Var_t of each part's points over all films, over that of the truths: 1 is as lively. Of points that are seen in
 * most frames of both.
 */
export const pointsVariance = defineMeasure({
  of: motionSetInputs,
  name: 'variance:points',
  version: 1,
  needs: ['points', 'truthPoints'],
  figures,
  measure(given, _params, _ctx, share) {
    const pairs = pointPairs(given, share);
    const readings = POINT_GROUPS.flatMap((group) => {
      const films = pairs.map((pair) => variancesOf(pair, group)).filter(({ truth }) => truth > 0);
      const count = [`${name(group)}/count`, films.length] as const;
      if (films.length === 0) return [count];
      const value = sum(films.map(({ made }) => made)) / sum(films.map(({ truth }) => truth));
      const series = films.map(({ made, truth }) => made / truth);
      return [[name(group), { value, ...(films.length === pairs.length && { series }) }] as const, count];
    });
    return Object.fromEntries<number | { value: number; series?: number[] }>(readings);
  },
});

/** px², summed over the points of a part and both axes. */
function variancesOf({ made, truth }: PointPair, group: PointGroup): { made: number; truth: number } {
  const own = pathsOfGroup(made, group);
  const total = { made: 0, truth: 0 };
  for (const [point, path] of pathsOfGroup(truth, group)) {
    const other = own.get(point);
    if (!other || !isMostlySeen(path) || !isMostlySeen(other)) continue;
    total.made += deviation(other.x) ** 2 + deviation(other.y) ** 2;
    total.truth += deviation(path.x) ** 2 + deviation(path.y) ** 2;
  }
  return total;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
