import type { Audio, Timings } from '@soliloquy/ports';
import { heardSpectrum, HOPS_PER_SECOND, PHONES } from '@soliloquy/speech-features/phone-encoder';
import { StageError } from '@soliloquy/stage';

/** One clip as the network learns it. */
export interface TimedClip {
  /** hops of sound, and as many silent ones before as the network hears before its first */
  readonly hops: number;
  /** f32 [before + hops, 41] */
  readonly heard: Float32Array;
  /** u8 [hops] number of the phone at h / 100 s */
  readonly phones: Uint8Array;
}

const NUMBER: ReadonlyMap<string, number> = new Map(PHONES.map((phone, number) => [phone, number]));

/**
 * A clip's spectra and phones, checked.
 *
 * @param index   of the clip, for messages
 * @param silence hops before the sound, and how many are heard at least: a shorter sound is followed by silence
 * @throws StageError for a phone that is none of the set
 */
export function timedClip(
  audio: Audio,
  { phones }: Timings,
  index: number,
  { before, atLeast }: { readonly before: number; readonly atLeast: number },
): TimedClip {
  const hops = Math.max(atLeast, Math.floor((audio.samples.length / audio.sampleRate) * HOPS_PER_SECOND));
  const told = new Uint8Array(hops);
  for (const { phone, start, end } of phones) {
    const number = NUMBER.get(phone);
    if (number === undefined)
      throw new StageError({
        code: 'stage.unknown-phone',
        where: `phone-encoder-training.timings[${index}]`,
        expected: `phones of US English as Flite names them (${PHONES.join(' ')})`,
        got: phone,
        remedy: 'give timings in these phones',
      });
    const until = Math.min(hops, Math.ceil(end * HOPS_PER_SECOND));
    told.fill(number, Math.min(hops, Math.ceil(start * HOPS_PER_SECOND)), until);
  }
  return { hops, heard: heardSpectrum(audio, hops, before), phones: told };
}

/** @throws StageError when there are not as many timings as voices */
export function requirePairs(audio: readonly Audio[], timings: readonly Timings[]): void {
  if (audio.length !== timings.length)
    throw new StageError({
      code: 'stage.clip-mismatch',
      where: 'phone-encoder-training.timings',
      expected: `${audio.length} timings, one for each voice`,
      got: `${timings.length}`,
      remedy: 'gather both over the same clips',
    });
}
