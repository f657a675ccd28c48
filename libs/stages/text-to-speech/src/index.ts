export { HELD_OUT_FROM, SENTENCES } from './corpus/sentences.ts';
export { STYLES } from './corpus/styles.ts';
export { textToSpeechStage } from './text-to-speech/stage.ts';
export { corpusStage } from './corpus/stage.ts';
export { voiceClipsStage } from './voice-clips/stage.ts';
export { phoneCorpusStage } from './phone-corpus/stage.ts';
export { SPEECH_SAMPLE_RATE, TRAINING_VOICES, VOICES } from './text-to-speech/voices.ts';

export type { Style } from './corpus/styles.ts';
export type { TrainingVoice, Voice } from './text-to-speech/voices.ts';
