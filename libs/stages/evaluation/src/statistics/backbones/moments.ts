import type { MetricNote } from '@soliloquy/ports';
import type { RunOf } from '@soliloquy/stage';
import { momentsOf } from '../moments.ts';
import type { statisticsStage } from '../stage.ts';

/** Every figure that any film has, over the films that have it; unit and direction stay with mean and deviation. */
export const run: RunOf<typeof statisticsStage, 'moments'> = ({ metrics }) => {
  const values: Record<string, number> = {};
  const about: Record<string, MetricNote> = {};
  for (const name of new Set(metrics.flatMap((each) => Object.keys(each.values)))) {
    const { unit, better, text } = metrics.find((each) => each.about?.[name])?.about?.[name] ?? {};
    const moments = momentsOf(metrics.flatMap((each) => each.values[name] ?? []));
    const of = text === undefined ? name : text;
    const note = (what: string): MetricNote => ({ ...(unit !== undefined && { unit }), text: `${what}: ${of}` });
    values[`${name}/mean`] = moments.mean;
    about[`${name}/mean`] = { ...note('mean over the films'), ...(better !== undefined && { better }) };
    if (moments.deviation !== undefined) {
      values[`${name}/deviation`] = moments.deviation;
      about[`${name}/deviation`] = note('standard deviation over the films, n − 1');
    }
    values[`${name}/count`] = moments.count;
    about[`${name}/count`] = { text: 'films that have the figure' };
  }
  return { metrics: { values, about } };
};
