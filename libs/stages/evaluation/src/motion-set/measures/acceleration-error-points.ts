import { defineMeasure } from '@soliloquy/stage';
import { pathAccelerationError } from '../../evaluation/tracked/acceleration.ts';
import { pointPairs, shotAt, type PointPair } from '../film-set.ts';
import { motionSetInputs } from '../inputs.ts';
import { countedFigures, overFilms } from '../over-films.ts';
import { pathsOfGroup, POINT_GROUPS, type PointGroup } from '../point-parts.ts';

type Name = `acc-err:points:${PointGroup}` | `acc-err:points:${PointGroup}/still`;
const name = (group: PointGroup): Name => `acc-err:points:${group}`;
const still = (group: PointGroup): Name => `acc-err:points:${group}/still`;

const NOTE = { unit: 'px/frame²', better: 'lower' } as const;
const notes = Object.fromEntries(
  POINT_GROUPS.flatMap((group) => [
    [
      name(group),
      { ...NOTE, text: `acceleration error of the ${group}'s points${group === 'mouth' ? ', less the head' : ''}` },
    ],
    [still(group), { ...NOTE, text: `the same of standing still, the ${group}'s points` }],
  ]),
) as Record<Name, typeof NOTE & { text: string }>;

/** Mean of ‖Δ²p̂ − Δ²p‖ over points that are tracked in the pixels, film by film. */
export const pointsAccelerationError = defineMeasure({
  of: motionSetInputs,
  name: 'acc-err:points',
  version: 1,
  source: 'Kanazawa et al. 2019, on the points of tracking@1',
  needs: ['points', 'truthPoints'],
  figures: countedFigures(notes),
  measure(given, _params, _ctx, share) {
    const pairs = pointPairs(given, share);
    const at = shotAt(given.points);
    return Object.assign(
      {},
      ...POINT_GROUPS.flatMap((group) => [
        overFilms(
          name(group),
          pairs.map((pair) => errorOf(pair, group)),
          at,
        ),
        overFilms(
          still(group),
          pairs.map(({ truth }) => errorOf({ made: undefined, truth }, group)),
          at,
        ),
      ]),
    ) as ReturnType<typeof overFilms<Name>>;
  },
});

function errorOf(
  { made, truth }: { readonly made: PointPair['made'] | undefined; readonly truth: PointPair['truth'] },
  group: PointGroup,
): number | undefined {
  const own = made && pathsOfGroup(made, group);
  const pairs = [...pathsOfGroup(truth, group)].map(([point, path]) => ({ made: own?.get(point), truth: path }));
  return pathAccelerationError(pairs);
}
