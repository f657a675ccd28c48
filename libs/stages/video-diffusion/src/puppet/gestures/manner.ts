/** How somebody behaves, as factors on what the body does of itself. */
export interface Manner {
  /** how far everything moves */
  readonly size: number;
  /** how many strokes a second */
  readonly pace: number;
  /** whether hands gesture at all */
  readonly hands: boolean;
}

export const PLAIN_MANNER: Manner = { size: 1, pace: 1, hands: true };

/** What is read of a prompt, and what it changes. */
const WORDS: readonly { readonly pattern: RegExp; readonly change: Partial<Manner> }[] = [
  { pattern: /\bcalm\b/, change: { size: 0.65, pace: 0.7 } },
  { pattern: /\blively\b/, change: { size: 1.3, pace: 1.35 } },
  {
    pattern: /\b(hands (?:(?:are|kept|stay|remain|very|quite) )?still(?! (?:mov|wav|gestur)\w*)|still hands)\b/,
    change: { hands: false },
  },
];

const NEGATED = /(?:\b(?:not|never|no|without|hardly|less|neither|nor|cannot)\b|n't\b)(?! only\b)(?: [\w'-]+){0,3} ?$/;

/**
 * Reads a prompt where it names manner: the words "calm", "lively" and "hands still" ("still hands"), whole and in any
 * case. A word that is negated within its clause, at most three words before ("not too lively"), changes nothing; of
 * "calm" and "lively" the one that is said last counts. All other words are ignored.
 */
export function mannerOf(prompt: string | undefined): Manner {
  let manner = PLAIN_MANNER;
  // Clause by clause: a negation holds no further.
  for (const clause of (prompt ?? '')
    .toLowerCase()
    .replaceAll('’', "'")
    .split(/[.,;:!?()\n]|\b(?:but|instead)\b/)) {
    const words = clause.trim().replace(/\s+/g, ' ');
    const said = WORDS.flatMap(({ pattern, change }) =>
      [...words.matchAll(new RegExp(pattern, 'g'))].map(({ index }) => ({ index, change })),
    ).sort((a, b) => a.index - b.index);
    for (const { index, change } of said) if (!NEGATED.test(words.slice(0, index))) manner = { ...manner, ...change };
  }
  return manner;
}
