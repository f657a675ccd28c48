import { StageError } from '@soliloquy/stage';

/** A text that is phonemes has some. @throws StageError `stage.empty-text` */
export function checkGiven(text: string): void {
  if (/\p{L}/u.test(text)) return;
  throw new StageError({
    code: 'stage.empty-text',
    where: 'text-to-speech.text',
    expected: 'phonemes in IPA',
    got: text.trim() === '' ? 'an empty text' : `"${text.trim().slice(0, 40)}"`,
    remedy: 'give some, or set phonemes to "espeak"',
  });
}

/** @returns what to throw where phonemes that a person gave have no sound */
export function unknownPhonemes(unknown: ReadonlySet<string>, voice: string): StageError {
  return new StageError({
    code: 'stage.phoneme',
    where: 'text-to-speech.text',
    expected: `phonemes that voice "${voice}" has`,
    got: [...unknown].map((each) => `"${each}"`).join(', '),
    remedy: 'write them otherwise',
  });
}
