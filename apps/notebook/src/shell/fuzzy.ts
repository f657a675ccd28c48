/** What a query found in a text, the first best. */
const KINDS = ['words', 'inside', 'letters'] as const;
type Kind = (typeof KINDS)[number];

/** So much more a better kind of find counts than any number of letters. */
const KIND_WORTH = 1000;
/** A text that comes later in its item counts that much less. */
const RANK_WORTH = 100;

/**
 * How well a query fits a text: higher is better, `undefined` when its letters do not occur in order. Words that begin
 * as the query's words do come first, then texts that have it inside, then scattered letters; among those, beginnings
 * of words and runs of letters count most.
 */
export function fuzzyScore(query: string, text: string): number | undefined {
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return 0;
  const lower = text.toLowerCase();
  const score = letterScore(wanted.join(''), lower);
  const kind = kindOf(wanted, lower, score);
  return kind === undefined ? undefined : (KINDS.length - 1 - KINDS.indexOf(kind)) * KIND_WORTH + (score ?? 0);
}

function kindOf(wanted: readonly string[], lower: string, score: number | undefined): Kind | undefined {
  const words = lower.split(/[\s\-_.,·:/()→←"“”]+/);
  if (wanted.every((each) => words.some((word) => word.startsWith(each)) || startsAWord(lower, each))) return 'words';
  if (wanted.every((each) => lower.includes(each))) return 'inside';
  return score === undefined ? undefined : 'letters';
}

/** Where the query has signs that part words itself, e.g. `fit.steps`. */
function startsAWord(lower: string, part: string): boolean {
  for (let at = lower.indexOf(part); at >= 0; at = lower.indexOf(part, at + 1)) if (isStart(lower, at)) return true;
  return false;
}

function letterScore(wanted: string, lower: string): number | undefined {
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
  return at === 0 || /[\s\-_.·(/]/.test(text[at - 1] as string);
}

function wordStart(text: string, letter: string, from: number): number {
  for (let at = text.indexOf(letter, from); at >= 0; at = text.indexOf(letter, at + 1))
    if (isStart(text, at)) return at;
  return -1;
}

/**
 * What fits, best first; among equals as they came. `texts` of an item are tried in turn, later ones counting less;
 * scattered letters are looked for in the first alone, and only where nothing has the words.
 */
export function fuzzyFind<T>(query: string, items: readonly T[], texts: (item: T) => readonly string[]): T[] {
  const scored = items.flatMap((item, order) => {
    const scores = texts(item).flatMap((text, rank) => {
      const score = fuzzyScore(query, text);
      if (score === undefined || (rank > 0 && isScattered(score))) return [];
      return [{ score: score - rank * RANK_WORTH, scattered: isScattered(score) }];
    });
    const best = scores.toSorted((a, b) => b.score - a.score)[0];
    return best === undefined ? [] : [{ item, order, ...best }];
  });
  const whole = query.trim() === '' ? scored : scored.filter(({ scattered }) => !scattered);
  return (whole.length > 0 ? whole : scored)
    .toSorted((a, b) => b.score - a.score || a.order - b.order)
    .map(({ item }) => item);
}

function isScattered(score: number): boolean {
  return score < KIND_WORTH / 2;
}
