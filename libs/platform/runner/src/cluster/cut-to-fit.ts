/** What a list entry is worth in letters, when both are cut. */
const LETTERS_PER_ENTRY = 16;

/**
 * Words for people, fit for a message: where the JSON of a value is longer than it may be, its long texts lose their
 * end and its long lists theirs, each saying so. Never for what is computed with.
 *
 * @param bytes that the JSON may have in UTF-8
 * @returns the value itself where it fits
 */
export function cutToFit<T>(value: T, bytes: number): T {
  let cut = value;
  for (let letters = bytes; Buffer.byteLength(JSON.stringify(cut)) > bytes && letters > 1; letters >>= 1)
    cut = shortened(value, letters) as T;
  return cut;
}

/** A text that lost its end says so; it is a little longer than `letters` then. */
export function cutText(text: string, letters: number): string {
  return text.length <= letters ? text : `${text.slice(0, letters)} … (${text.length} characters in all)`;
}

function shortened(value: unknown, letters: number): unknown {
  if (typeof value === 'string') return cutText(value, letters);
  if (Array.isArray(value)) {
    const most = Math.max(1, Math.floor(letters / LETTERS_PER_ENTRY));
    const kept = value.slice(0, most).map((each) => shortened(each, letters));
    return value.length <= most ? kept : [...kept, `… (${value.length - most} more)`];
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shortened(each, letters)]));
}
