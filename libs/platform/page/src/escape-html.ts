import { printable } from '@soliloquy/fault';

/** Text as HTML, also within a quoted attribute: nothing of it is markup, and no control character is left. */
export function escapeHtml(text: string): string {
  return printable(text.replaceAll('\r\n', '\n')).replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
