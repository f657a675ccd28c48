/**
 * Ways of speaking that there are sentences for (AudioAvatar, supplementary: conversation for training, the other four
 * out of distribution).
 */
export const STYLES = ['conversation', 'monologue', 'lecture', 'narration', 'emotional'] as const;
export type Style = (typeof STYLES)[number];
