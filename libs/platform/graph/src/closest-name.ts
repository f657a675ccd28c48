/**
 * Levenshtein distance, with a swap of neighbours counted as one edit (optimal string alignment). Three rows are kept:
 * names may be long.
 *
 * @returns the distance, or `most` where it is not below that
 */
function distance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) >= most) return most;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, before[j - 2]! + 1);
      row.push(least);
    }
    // No entry of a later row is below the least of two that follow each other.
    if (Math.min(...row) >= most && Math.min(...last) >= most) return most;
    [before, last] = [last, row];
  }
  return Math.min(most, last[b.length]!);
}

/** No name that anybody meant is longer; characters. */
const LONGEST = 120;
/** Of more known names none is looked for: a person would not find it either. */
const MOST_KNOWN = 2000;

/** The known name that was probably meant; none when all are far off. */
export function closestName(name: string, known: Iterable<string>): string | undefined {
  if (name.length > LONGEST) return undefined;
  let best: string | undefined;
  let looked = 0;
  let least = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    if (candidate.length > LONGEST) continue;
    if ((looked += 1) > MOST_KNOWN) break;
    const edits = Math.min(
      distance(name.toLowerCase(), candidate.toLowerCase(), least),
      candidate.startsWith(name) && name.length > 1 ? 1 : Infinity,
    );
    if (edits < least) [best, least] = [candidate, edits];
  }
  return best;
}

/** So many are listed before "and N more". */
const MOST_LISTED = 60;

/** A name as messages show it, cut at 60 characters. */
export function nameInShort(name: string): string {
  return name.length > 60 ? `${name.slice(0, 57)}...` : name;
}

/** `one of a, b, c`, or `none` where there is nothing to choose from. */
export function oneOf(known: Iterable<string>): string {
  const names = [...known];
  const more = names.length > MOST_LISTED ? ` and ${names.length - MOST_LISTED} more` : '';
  const listed = names.slice(0, MOST_LISTED).map(nameInShort);
  return names.length === 0 ? 'none' : names.length === 1 ? `"${listed[0]}"` : `one of ${listed.join(', ')}${more}`;
}

/** What to do about a name that is not known: the closest one, else `otherwise`. */
export function meant(name: string, known: Iterable<string>, otherwise: string): string {
  const close = closestName(name, known);
  return close === undefined ? otherwise : `did you mean "${close}"?`;
}
