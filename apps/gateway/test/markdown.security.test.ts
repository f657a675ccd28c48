import { expect, test } from 'vitest';
import { renderMarkdown } from '../src/markdown.ts';

test.each([
  't<script><script',
  't<pre><img src=x onerror=alert(1) ',
  '`a` <kbd>b <svg onload=alert(1)//',
  '- t<style><iframe src=javascript:alert(1) ',
])('%s: text behind a tag that is only shown is only shown', (text) => {
  const tags = renderMarkdown(text).match(/<[^>]*>?/g) ?? [];
  expect(tags.filter((tag) => !/^<\/?(p|ul|li|code)>$/.test(tag))).toEqual([]);
});

test.each(['- ', '> ', '>', '1. ', '+ > '])(
  'a cell of many "%s" before a block of code is shown as it is written',
  (piece) => {
    const text = `${piece.repeat(200)}\`\`\`js\nlet a;\n\`\`\``;
    expect(renderMarkdown(text)).toMatch(/^<pre>/);
    // Some levels are a list as before.
    expect(renderMarkdown(`${piece.repeat(20)}x`)).toMatch(/^<(ul|ol|blockquote)/);
  },
);

test('what is written as an entity stays one', () => {
  expect(renderMarkdown('a &amp; b <pre> &lt;c> & d')).toBe('<p>a &amp; b &#60;pre&#62; &lt;c&gt; &amp; d</p>\n');
});

test.each(['[', '[a](', '>', '*a_ ', '1. a\n', '<a ', '`', '![', '- ', '**a'])(
  'a cell of many "%s" is shown within seconds, and its tags run nothing',
  (piece) => {
    for (const length of [9_999, 2_000_000]) {
      const started = performance.now();
      const html = renderMarkdown(piece.repeat(Math.floor(length / piece.length)));
      expect(performance.now() - started).toBeLessThan(5000);
      expect(html).not.toContain('<a ');
    }
  },
);
