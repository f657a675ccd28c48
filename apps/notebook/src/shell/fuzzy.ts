/**
 * How well a query fits a text: higher is better, `undefined` when its letters do not occur in order. Beginnings of
 * words and runs of letters count most.
 */
export function fuzzyScore(query: string, text: string): number | undefined {
  const wanted = query.toLowerCase().replaceAll(' ', '');
  if (wanted === '') return 0;
  const lower = text.toLowerCase();
  let score = 0;
  let at = -1;
  for (const letter of wanted) {
    const starts = wordStart(lower, letter, at + 1);
    const next = lower[at + 1] === letter ? at + 1 : starts >= 0 ? starts : lower.indexOf(letter, at + 1);
    if (next < 0) return undefined;
    score += next === at + 1 ? 3 : isStart(lower, next) ? 2 : 0;
    if (next === 0) score += 3;
    score -= Math.min(next - at - 1, 12) * 0.05;
    at = next;
  }
  return score - lower.length * 0.01;
}

function isStart(text: string, at: number): boolean {
  return at === 0 || /[\s\-_.·(]/.test(text[at - 1] as string);
}

function wordStart(text: string, letter: string, from: number): number {
  for (let at = text.indexOf(letter, from); at >= 0; at = text.indexOf(letter, at + 1))
    if (isStart(text, at)) return at;
  return -1;
}

/** What fits, best first; among equals as they came. `texts` of an item are tried in turn, later ones counting less. */
export function fuzzyFind<T>(query: string, items: readonly T[], texts: (item: T) => readonly string[]): T[] {
  const scored = items.flatMap((item, order) => {
    const scores = texts(item).flatMap((text, rank) => {
      const score = fuzzyScore(query, text);
      return score === undefined ? [] : [score - rank * 2];
    });
    return scores.length === 0 ? [] : [{ item, order, score: Math.max(...scores) }];
  });
  return scored.sort((a, b) => b.score - a.score || a.order - b.order).map(({ item }) => item);
}
