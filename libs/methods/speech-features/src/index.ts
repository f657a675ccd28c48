export { frameRms, speechEnvelope } from './loudness.ts';
export { mfcc, MFCC_HOP } from './mfcc.ts';
export { onsetTimes } from './onsets.ts';
export { speechPitch } from './pitch.ts';
export { speechFeatures } from './speech-features.ts';

export type { SpeechFeatures } from './speech-features.ts';
