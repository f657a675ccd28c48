import type { RunOf } from '@soliloquy/stage';
import type { takerStage } from '../stages.ts';

export const run: RunOf<typeof takerStage, 'plain'> = async (inputs) => ({ text: Object.keys(inputs).join(', ') });
