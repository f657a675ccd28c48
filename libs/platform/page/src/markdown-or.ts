import { escapeHtml } from './escape-html.ts';

/**
 * A longer text is shown as it is written: readers of Markdown take time with the square of what is nested or left open
 * (10,000 brackets: 0.3 s), and what nests deep overflows their stack. Characters.
 */
const LONGEST = 10_000;
/**
 * Lists and quotes one in another from the start of a line, so many that a reader takes each of them apart anew for all
 * that follows: 3,000 and a block of code are more than five seconds.
 */
const DEEP = /^(?:[ \t]*(?:>|(?:[-*+]|\d{1,9}[.)])(?=[ \t]|$))){64}/m;

/** Markdown as HTML by a reader, or, where it is too long or too deep for one, the text as it is written. */
export function markdownOr(text: string, read: (text: string) => string): string {
  if (text.length <= LONGEST && !DEEP.test(text))
    try {
      return read(text);
    } catch {
      // Nested too deep.
    }
  return `<pre>${escapeHtml(text)}</pre>`;
}
