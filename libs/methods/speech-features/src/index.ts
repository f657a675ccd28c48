export { speechEnvelope } from './loudness.ts';
export { speechFeatures } from './speech-features.ts';

export type { SpeechFeatures } from './speech-features.ts';
