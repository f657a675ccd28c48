import DOMPurify from 'dompurify';
import { Marked } from 'marked';
import { escapeHtml, markdownOr } from '@soliloquy/page';

/**
 * What a cell may hold: text, lists, tables, links, code. No pictures (they would be fetched from anywhere), no styles,
 * no forms.
 */
const ALLOWED = [
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'p',
  'br',
  'hr',
  'strong',
  'em',
  'del',
  'code',
  'pre',
  'blockquote',
  'ul',
  'ol',
  'li',
  'a',
  'table',
  'thead',
  'tbody',
  'tr',
  'th',
  'td',
  'sub',
  'sup',
];

/** HTML within the Markdown is shown as the text that it is, and a picture by its words. */
const marked = new Marked({
  gfm: true,
  renderer: { html: ({ text }) => escapeHtml(text), image: ({ text }) => escapeHtml(text) },
});

/**
 * Markdown as HTML that can be put into the page: a graph is untrusted, so nothing in it runs, loads, or looks like the
 * page's own.
 */
export function renderMarkdown(text: string): string {
  const html = markdownOr(text, (short) => marked.parse(short, { async: false }));
  return DOMPurify.sanitize(html, {
    ALLOWED_TAGS: ALLOWED,
    ALLOWED_ATTR: ['href', 'align', 'start'],
    ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|#)/i,
  });
}
