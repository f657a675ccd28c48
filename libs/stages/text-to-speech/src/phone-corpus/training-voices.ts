import type { Voice } from '../text-to-speech/voices.ts';

/**
 * Voices that weights in this repository may be trained on. `awb` is not among them: it is the speaker that every phone
 * encoder is judged by.
 */
export const TRAINING_VOICES = ['slt', 'rms', 'kal16'] as const satisfies readonly Voice[];
export type TrainingVoice = (typeof TRAINING_VOICES)[number];
