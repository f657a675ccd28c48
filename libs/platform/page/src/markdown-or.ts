import { escapeHtml } from './escape-html.ts';

/**
 * A longer text is shown as it is written: readers of Markdown take time with the square of what is nested or left open
 * (10,000 brackets: 0.3 s), and what nests deep overflows their stack. Characters.
 */
const LONGEST = 10_000;

/** Markdown as HTML by a reader, or, where it is too long or too deep for one, the text as it is written. */
export function markdownOr(text: string, read: (text: string) => string): string {
  if (text.length <= LONGEST)
    try {
      return read(text);
    } catch {
      // Nested too deep.
    }
  return `<pre>${escapeHtml(text)}</pre>`;
}
