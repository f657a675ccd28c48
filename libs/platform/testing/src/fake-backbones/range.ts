import type { RunOf } from '@soliloquy/stage';
import type { numbersStage } from '../fake-stages.ts';

export const run: RunOf<typeof numbersStage, 'range'> = (_inputs, { count, start }) => ({
  value: Array.from({ length: count }, (_, index) => start + index),
});
