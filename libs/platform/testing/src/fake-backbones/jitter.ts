import { seededNormals } from '@soliloquy/random';
import type { RunOf } from '@soliloquy/stage';
import type { scaleStage } from '../fake-stages.ts';

export const run: RunOf<typeof scaleStage, 'jitter'> = ({ value, bias }, { factor, amount }, { seed }) => {
  const result = value * factor + (bias ?? 0) + amount * (seededNormals(1, seed)[0] as number);
  return { result, note: undefined, metrics: { values: { result, 'size/abs': Math.abs(result) } } };
};
