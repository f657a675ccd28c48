/** One phone and when it is heard, seconds. */
export interface HeardPhone {
  readonly phone: string;
  readonly start: number;
  readonly end: number;
}

/** What stands for a pause, as Flite's timings have it. */
export const PAUSE = 'pau';

/** Symbols that change the phone before them rather than being one: stress, length, accents. */
const MARK = /^[ˈˌːˑʰʲʷˠˤ˞̩̯̃‿͡\p{M}\p{Lm}\p{Sk}]$/u;
const SILENT = /^[\s\p{P}_^$]*$/u;

/**
 * When phones are heard, from durations of symbols: marks belong to their phone, spaces and signs are pauses, and all
 * of it together is as long as the sound.
 *
 * @param symbols   what was said, a symbol per duration; '' for padding, which lengthens what is before it
 * @param durations in any unit
 * @param seconds   of the sound
 * @param offset    seconds before it
 */
export function phoneTimings(
  symbols: readonly string[],
  durations: Float64Array,
  seconds: number,
  offset: number,
): HeardPhone[] {
  const total = durations.reduce((sum, value) => sum + Math.max(0, value), 0);
  if (total <= 0) return [];
  const phones: { phone: string; start: number; end: number }[] = [];
  let [at, stress] = [0, ''];
  for (const [index, symbol] of symbols.entries()) {
    const start = offset + (at / total) * seconds;
    at += Math.max(0, durations[index] ?? 0);
    const end = index === symbols.length - 1 ? offset + seconds : offset + (at / total) * seconds;
    const last = phones.at(-1);
    // A stress is written before the phone that has it.
    if (/^[ˈˌ]$/u.test(symbol)) {
      stress = symbol;
      if (last !== undefined) last.end = end;
      continue;
    }
    const phone = SILENT.test(symbol) ? PAUSE : `${stress}${symbol}`;
    if (last !== undefined && (symbol === '' || MARK.test(symbol) || (phone === PAUSE && last.phone === PAUSE))) {
      last.end = end;
      if (symbol !== '' && phone !== PAUSE) last.phone += symbol;
    } else phones.push({ phone, start, end });
    if (phone !== PAUSE) stress = '';
  }
  return phones;
}
