import type { MetricNote } from '@soliloquy/ports';
import { StageError, type RunOf } from '@soliloquy/stage';
import { compareGroups } from '../by-group.ts';
import { groupPage } from '../group-page.ts';
import type { disaggregatedEvaluationStage } from '../stage.ts';

type Run = RunOf<typeof disaggregatedEvaluationStage, 'groups'>;

/** @throws StageError `stage.people-unlike`, `stage.figure-unknown` */
export const run: Run = ({ metrics, attributes }, params, ctx) => {
  if (metrics.length !== attributes.length)
    throw new StageError({
      code: 'stage.people-unlike',
      where: 'disaggregated-evaluation.attributes',
      expected: `the attributes of each of ${metrics.length} people`,
      got: `those of ${attributes.length}`,
      remedy: 'connect both from one attribute-sampler',
    });
  const known = [...new Set(metrics.flatMap(({ values }) => Object.keys(values)))];
  for (const figure of params.figures)
    if (!known.includes(figure))
      throw new StageError({
        code: 'stage.figure-unknown',
        where: 'disaggregated-evaluation.params.figures',
        expected: `figures that were given: ${known.join(', ')}`,
        got: `"${figure}"`,
        remedy: 'choose among them',
      });
  const figures = params.figures.length > 0 ? params.figures : known;
  const comparisons = compareGroups(metrics, attributes, { ...params, figures, seed: ctx.seed });
  const values: Record<string, number> = { people: metrics.length };
  const about: Record<string, MetricNote> = {};
  for (const { figure, by, groups, gap, test } of comparisons) {
    const { unit } = metrics.find((each) => each.about?.[figure])?.about?.[figure] ?? {};
    const name = `${figure}/${by}`;
    values[`${name}/gap`] = gap;
    about[`${name}/gap`] = {
      ...(unit !== undefined && { unit }),
      better: 'lower',
      text: `${groups[0].name} least, ${groups[groups.length - 1].name} most`,
    };
    if (test === undefined) continue;
    values[`${name}/p`] = test.p;
    values[`${name}/q`] = test.q;
  }
  return { metrics: { values, about }, report: { html: groupPage(comparisons, metrics.length, params.level) } };
};
