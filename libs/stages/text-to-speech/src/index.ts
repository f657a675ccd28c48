export { SENTENCES } from './corpus/sentences.ts';
export { STYLES } from './corpus/styles.ts';
export { textToSpeechStage } from './text-to-speech/stage.ts';
export { corpusStage } from './corpus/stage.ts';
export { phoneCorpusStage } from './phone-corpus/stage.ts';
export { TRAINING_VOICES } from './phone-corpus/training-voices.ts';
export { SPEECH_SAMPLE_RATE, VOICES } from './text-to-speech/voices.ts';

export type { TrainingVoice } from './phone-corpus/training-voices.ts';
export type { Style } from './corpus/styles.ts';
export type { Voice } from './text-to-speech/voices.ts';
