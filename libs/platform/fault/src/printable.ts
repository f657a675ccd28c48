/**
 * What a terminal obeys instead of showing it: C0 and C1 controls but tab and line feed, and what turns the direction
 * of text, so that a line reads other than it is (CVE-2021-42574).
 */
const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/**
 * A text from a stranger as a terminal, a log or a report may have it: what would be obeyed is written `\u001b`, as in
 * JSON, in which it means the same.
 */
export function printable(text: string): string {
  return text.replace(OBEYED, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
