/** The voices in the Flite package. */
export const VOICES = ['slt', 'rms', 'awb', 'kal16'] as const;
export type Voice = (typeof VOICES)[number];

/**
 * Voices that weights in this repository may be trained on. `awb` is not among them: it is the speaker that every phone
 * encoder is judged by.
 */
export const TRAINING_VOICES = ['slt', 'rms', 'kal16'] as const satisfies readonly Voice[];
export type TrainingVoice = (typeof TRAINING_VOICES)[number];

/** Who can speak: a voice as it is, somebody about one of those for training, or somebody about a recording. */
export const SPEAKERS = [...VOICES, 'several', 'like'] as const;
export type SpeakerChoice = (typeof SPEAKERS)[number];

/** Rate of every voice here, and of recordings: what speech features are computed at. Hz */
export const SPEECH_SAMPLE_RATE = 16_000;
