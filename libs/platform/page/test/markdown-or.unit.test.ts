import { expect, test } from 'vitest';
import { markdownOr } from '../src/index.ts';

test('a text that is too long, or that its reader cannot read, is shown as it is written', () => {
  expect(markdownOr('*a*', (text) => `<p>${text}</p>`)).toBe('<p>*a*</p>');
  expect(markdownOr('<'.repeat(10_001), () => 'read')).toBe(`<pre>${'&#60;'.repeat(10_001)}</pre>`);
  const overflow = (): string => {
    throw new RangeError('Maximum call stack size exceeded');
  };
  expect(markdownOr('<b>', overflow)).toBe('<pre>&#60;b&#62;</pre>');
});
