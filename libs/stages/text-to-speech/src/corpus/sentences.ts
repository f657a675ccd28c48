import { CONVERSATION } from './conversation.ts';
import { EMOTIONAL, LECTURE, MONOLOGUE, NARRATION } from './other-styles.ts';
import type { Style } from './styles.ts';

/** From here on sentences of conversation are in no training of the presets: what is judged is said with them. */
export const HELD_OUT_FROM = 125;

/**
 * Sentences by style, written for Soliloquy. Their order is part of the corpus: new ones are added at the end only, so
 * that clip k stays what it was.
 */
export const SENTENCES: Readonly<Record<Style, readonly string[]>> = {
  conversation: CONVERSATION,
  monologue: MONOLOGUE,
  lecture: LECTURE,
  narration: NARRATION,
  emotional: EMOTIONAL,
};
