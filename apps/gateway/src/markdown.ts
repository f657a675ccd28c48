import { Marked } from 'marked';
import { escapeHtml, markdownOr } from '@soliloquy/page';

const marked = new Marked({
  gfm: true,
  renderer: {
    // HTML in a cell is shown as it is written: a graph is untrusted.
    html: ({ text }) => escapeHtml(text),
    // Behind a tag like <script> or <pre> marked gives text as it stands: the tag is only shown, so the text is too.
    text(token) {
      if ('escaped' in token) token.escaped = false;
      return false;
    },
    link({ href, tokens }) {
      const text = this.parser.parseInline(tokens);
      return /^(https?:|mailto:|#)/i.test(href)
        ? `<a href="${escapeHtml(href)}" rel="noopener noreferrer">${text}</a>`
        : text;
    },
    // A picture from elsewhere would tell its server who reads.
    image: ({ href, text }) =>
      /^data:image\/(png|jpeg|webp|gif);base64,[A-Za-z0-9+/=]+$/.test(href)
        ? `<img src="${href}" alt="${escapeHtml(text)}">`
        : escapeHtml(text),
  },
});

/** Markdown of a cell as HTML in which nothing runs and nothing is loaded. */
export function renderMarkdown(text: string): string {
  return markdownOr(text, (short) => marked.parse(short, { async: false }));
}
