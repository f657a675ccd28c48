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

/** Whose phonemes are read. */
interface Reading {
  /** Who wrote them: a person, or eSpeak NG. */
  readonly phonemes: 'given' | 'espeak';
  readonly voice: string;
}

/**
 * Phonemes that have no sound: those of a person are refused, those of eSpeak NG are left out, which is logged.
 *
 * @throws StageError `stage.phoneme`
 */
export function settleUnknown(
  unknown: ReadonlySet<string>,
  { phonemes, voice }: Reading,
  log: (message: string) => void,
): void {
  if (unknown.size === 0) return;
  if (phonemes === 'espeak') return log(`voice "${voice}" has no sound for ${[...unknown].join(' ')}: left out`);
  throw new StageError({
    code: 'stage.phoneme',
    where: 'text-to-speech.text',
    expected: `phonemes that voice "${voice}" has`,
    got: [...unknown].map((each) => `"${each}"`).join(', '),
    remedy: 'write them otherwise',
  });
}
