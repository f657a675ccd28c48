import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { expectedBy, shown, valueAt } from '../src/issue-words.ts';

/** The words for the first thing that a schema has against a value. */
function words(schema: z.ZodType, value: unknown): string {
  const result = schema.safeParse(value);
  if (result.success) throw new Error('the value fits');
  return expectedBy(result.error.issues[0]);
}

describe('what was expected', () => {
  test.each<[string, z.ZodType, unknown, string]>([
    ['a text', z.string(), 1, 'a text'],
    ['a number', z.number(), 'x', 'a number'],
    ['a whole number', z.int(), 1.5, 'a whole number'],
    ['a boolean', z.boolean(), 1, 'true or false'],
    ['an object', z.object({}), 1, 'an object {…}'],
    ['a record', z.record(z.string(), z.number()), 1, 'an object {…}'],
    ['a list', z.array(z.number()), 1, 'a list […]'],
    ['a tuple', z.tuple([z.number()]), 1, 'a list […]'],
    ['null', z.null(), 1, 'null'],
    ['a kind without a word', z.date(), 1, 'a date'],
    ['one value', z.literal('a'), 'b', '"a"'],
    ['one of several', z.enum(['a', 'b']), 'c', 'one of "a", "b"'],
    ['at least', z.number().min(2), 1, 'a number of at least 2'],
    ['more than', z.number().gt(2), 2, 'a number of more than 2'],
    ['at most', z.number().max(2), 3, 'a number of at most 2'],
    ['less than', z.number().lt(2), 2, 'a number of less than 2'],
    ['a long text', z.string().min(2), 'a', 'at least 2 characters'],
    ['a short text', z.string().max(2), 'abc', 'at most 2 characters'],
    ['a long list', z.array(z.number()).min(2), [1], 'at least 2 elements'],
    ['a large set', z.set(z.number()).min(2), new Set([1]), 'at least 2 elements'],
    ['a multiple', z.number().multipleOf(8), 12, 'a multiple of 8'],
    ['a pattern', z.string().regex(/^a+$/), 'b', 'a text like /^a+$/'],
    ['a format', z.url(), 'b', 'a text of the form url'],
    ['known keys', z.strictObject({}), { a: 1 }, 'only known keys'],
    ['one form or another', z.union([z.string(), z.number()]), null, 'a text or a number'],
    ['two forms with one word', z.union([z.int(), z.number().int()]), 'x', 'a number'],
    ['a key', z.record(z.string().min(2), z.number()), { a: 1 }, 'at least 2 characters'],
    ['an element of a map', z.map(z.string(), z.number()), new Map([['a', 'b']]), 'a number'],
    ['a rule without words', z.string().refine(() => false, { error: '' }), 'a', 'a value that fits'],
    ['a rule with words', z.string().refine(() => false, { error: 'a name' }), 'a', 'a name'],
    ['words of its own', z.number({ error: 'a rate' }), 'a', 'a rate'],
  ])('%s', (_what, schema, value, expected) => {
    expect(words(schema, value)).toBe(expected);
  });

  test('a union whose forms say nothing is one of its forms', () => {
    const issue = { code: 'invalid_union', errors: [], path: [], message: '', input: 1 } as const;
    expect(expectedBy(issue as unknown as z.core.$ZodIssue)).toBe('one of its forms');
  });
});

test('a value is shown as JSON, and beyond 60 characters its beginning', () => {
  expect([undefined, null, 'a', [1], { a: 1 }].map(shown)).toEqual(['nothing', 'null', '"a"', '[1]', '{"a":1}']);
  expect(shown(() => 1)).toBe('() => 1');
  expect(shown('x'.repeat(58))).toBe(`"${'x'.repeat(58)}"`);
  expect(shown('x'.repeat(59))).toBe(`"${'x'.repeat(56)}...`);
});

test('a part of a value is found by its path, its own properties only', () => {
  const value = { a: [{ b: 1 }], c: null };
  expect(valueAt(value, [])).toBe(value);
  expect(valueAt(value, ['a', 0, 'b'])).toBe(1);
  for (const path of [['a', 1], ['a', 0, 'b', 'c'], ['c', 'd'], ['toString'], ['x', 'y']])
    expect(valueAt(value, path)).toBeUndefined();
  expect(valueAt('text', ['length'])).toBeUndefined();
});
