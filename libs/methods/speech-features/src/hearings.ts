/** What a voice can be heard by; the first is the default. */
export const HEARINGS = ['phones', 'mel', 'embedding'] as const;
export type Hearing = (typeof HEARINGS)[number];
