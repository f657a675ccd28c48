import type { RunOf } from '@soliloquy/stage';
import type { sumStage } from '../fake-stages.ts';

export const run: RunOf<typeof sumStage, 'plain'> = ({ values }) => {
  const total = values.reduce((sum, value) => sum + value, 0);
  return { total, model: total, metrics: { values: { total, count: values.length } } };
};
