/** What Flite reads wrongly or not at all, and what it reads instead. */
const PLAIN: readonly [RegExp, string][] = [
  [/[‘’‛′]/g, "'"],
  [/[“”„«»″]/g, '"'],
  [/\s*[–—―]\s*/g, ', '],
  [/…/g, '...'],
  [/&/g, ' and '],
  [/æ/gi, 'ae'],
  [/œ/gi, 'oe'],
  [/ß/g, 'ss'],
  [/ø/gi, 'o'],
  [/ł/gi, 'l'],
  [/đ/gi, 'd'],
];

/**
 * A text in the letters that Flite has (ASCII): accents dropped, typographic signs made plain, the rest left out, white
 * space made single.
 */
export function speakable(text: string): string {
  const plain = PLAIN.reduce((now, [from, to]) => now.replace(from, to), text);
  return plain
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\x20-\x7e\s]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

/**
 * Longest text said as one utterance, characters: Flite sets pauses well inside one, but its time and memory grow with
 * it.
 */
const LONGEST = 300;

/**
 * A text cut at sentence ends (and, where one is too long, at commas or spaces) into pieces of at most 300 characters.
 */
export function utterances(text: string): string[] {
  const pieces: string[] = [];
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'sentence' }).segment(text)) {
    for (let rest = segment.trim(); rest !== '';) {
      const piece = rest.length <= LONGEST ? rest : rest.slice(0, cutAt(rest));
      rest = rest.slice(piece.length).trim();
      const last = pieces.at(-1);
      if (last !== undefined && last.length + 1 + piece.length <= LONGEST)
        pieces[pieces.length - 1] = `${last} ${piece}`;
      else if (/[\p{L}\p{N}]/u.test(piece)) pieces.push(piece);
    }
  }
  return pieces;
}

function cutAt(text: string): number {
  const head = text.slice(0, LONGEST);
  const comma = Math.max(head.lastIndexOf(', '), head.lastIndexOf('; '), head.lastIndexOf(': '));
  if (comma > LONGEST / 3) return comma + 1;
  const space = head.lastIndexOf(' ');
  return space > 0 ? space : LONGEST;
}
