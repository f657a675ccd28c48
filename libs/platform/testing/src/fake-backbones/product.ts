import type { RunOf } from '@soliloquy/stage';
import type { scaleStage } from '../fake-stages.ts';

export const run: RunOf<typeof scaleStage, 'product'> = ({ value, bias, label }, { factor, rounding, name }) => {
  const exact = value * factor + (bias ?? 0);
  const result = rounding === 'nearest' ? Math.round(exact) : exact;
  return {
    result,
    note: `${label ?? name}: ${value} -> ${result}`,
    metrics: { values: { result, 'size/abs': Math.abs(result) } },
  };
};
