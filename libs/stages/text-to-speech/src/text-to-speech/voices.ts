/** The voices in the Flite package. */
export const VOICES = ['slt', 'rms', 'awb', 'kal16'] as const;
export type Voice = (typeof VOICES)[number];

/** Rate of every voice here, and of recordings: what speech features are computed at. Hz */
export const SPEECH_SAMPLE_RATE = 16_000;
