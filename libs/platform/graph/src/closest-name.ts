/** Levenshtein distance, with a swap of neighbours counted as one edit (optimal string alignment). */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      let least = Math.min(
        (rows[i - 1] as number[])[j]! + 1,
        row[j - 1]! + 1,
        (rows[i - 1] as number[])[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (rows[i - 2] as number[])[j - 2]! + 1);
      row.push(least);
    }
    rows.push(row);
  }
  return (rows[a.length] as number[])[b.length]!;
}

/** The known name that was probably meant; none when all are far off. */
export function closestName(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const edits = Math.min(
      distance(name.toLowerCase(), candidate.toLowerCase()),
      candidate.startsWith(name) && name.length > 1 ? 1 : Infinity,
    );
    if (edits < least) [best, least] = [candidate, edits];
  }
  return best;
}

/** `one of a, b, c`, or `none` where there is nothing to choose from. */
export function oneOf(known: Iterable<string>): string {
  const names = [...known];
  return names.length === 0 ? 'none' : names.length === 1 ? `"${names[0]}"` : `one of ${names.join(', ')}`;
}

/** What to do about a name that is not known: the closest one, else `otherwise`. */
export function meant(name: string, known: Iterable<string>, otherwise: string): string {
  const close = closestName(name, known);
  return close === undefined ? otherwise : `did you mean "${close}"?`;
}
