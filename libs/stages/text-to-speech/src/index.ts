export { SENTENCES } from './corpus/sentences.ts';
export { STYLES } from './styles.ts';
export { corpusStage, textToSpeechStage } from './stage.ts';
export { SPEECH_SAMPLE_RATE, VOICES } from './voices.ts';

export type { Style } from './styles.ts';
export type { Voice } from './voices.ts';
