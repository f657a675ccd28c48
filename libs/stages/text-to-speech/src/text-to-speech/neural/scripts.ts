import { StageError } from '@soliloquy/stage';

/** Writings that languages of voices here are written in beside Latin, by ISO 639-1. */
const WRITTEN_IN: Readonly<Record<string, readonly string[]>> = {
  ar: ['Arabic'],
  bg: ['Cyrillic'],
  el: ['Greek'],
  fa: ['Arabic'],
  he: ['Hebrew'],
  hi: ['Devanagari'],
  ka: ['Georgian'],
  kk: ['Cyrillic'],
  ml: ['Malayalam'],
  ne: ['Devanagari'],
  ru: ['Cyrillic'],
  sr: ['Cyrillic'],
  te: ['Telugu'],
  uk: ['Cyrillic'],
  zh: ['Han'],
};

/** Writings that a refusal can name. */
const NAMED = [
  'Latin',
  'Cyrillic',
  'Greek',
  'Arabic',
  'Hebrew',
  'Devanagari',
  'Bengali',
  'Tamil',
  'Telugu',
  'Malayalam',
  'Thai',
  'Georgian',
  'Armenian',
  'Han',
  'Hiragana',
  'Katakana',
  'Hangul',
  'Ethiopic',
  'Khmer',
  'Lao',
] as const;
const SCRIPTS = NAMED.map((name) => ({ name, letters: new RegExp(`\\p{Script=${name}}`, 'u') }));

/** The writing of a letter; `undefined` for what every writing has: digits, signs, accents. */
export function scriptOf(letter: string): string | undefined {
  if (!/\p{L}/u.test(letter)) return undefined;
  return SCRIPTS.find(({ letters }) => letters.test(letter))?.name ?? 'another writing';
}

/** Writings that a voice of a language reads: its own, and Latin, which phonemizers read as English. */
export function scriptsOf(language: string): readonly string[] {
  const [own = ''] = language.toLowerCase().split(/[-_]/);
  return ['Latin', ...(WRITTEN_IN[own] ?? [])];
}

/**
 * A text has words, and all of its letters are of writings that the voice reads.
 *
 * @throws StageError `stage.empty-text`, `stage.script` naming the writing and where it stands
 */
export function checkScripts(text: string, voice: string, scripts: readonly string[]): void {
  if (!/[\p{L}\p{N}]/u.test(text))
    throw new StageError({
      code: 'stage.empty-text',
      where: 'text-to-speech.text',
      expected: 'a text with words',
      got: text.trim() === '' ? 'an empty one' : `"${text.trim().slice(0, 40)}"`,
      remedy: 'write what is to be said',
    });
  for (const letter of text) {
    const script = scriptOf(letter);
    if (script === undefined || scripts.includes(script)) continue;
    throw new StageError({
      code: 'stage.script',
      where: 'text-to-speech.text',
      expected: `a text in ${scripts.join(' or ')}, which ${voice} reads`,
      got: `${script} ("${text.slice(text.indexOf(letter), text.indexOf(letter) + 12)}")`,
      remedy: 'choose a voice of that language, or write it in letters that this one reads',
    });
  }
}
