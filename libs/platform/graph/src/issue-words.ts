import type { z } from 'zod';

/** Part of a value at a path, `undefined` where there is none. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      inner !== null && typeof inner === 'object' && Object.hasOwn(inner, key)
        ? (inner as Record<PropertyKey, unknown>)[key]
        : undefined,
    value,
  );
}

/** A value as an error shows it: JSON, cut at 60 characters. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object {…}',
  record: 'an object {…}',
  array: 'a list […]',
  tuple: 'a list […]',
  null: 'null',
};
const ZODS_OWN = /^(Invalid|Too |Unrecognized)/;

/** What zod wanted, in words: the `…` of `expected …`. */
export function expectedBy(issue: z.core.$ZodIssue): string {
  if (issue.message !== '' && !ZODS_OWN.test(issue.message)) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return KINDS[issue.expected] ?? `a ${issue.expected}`;
    case 'invalid_value':
      return issue.values.length === 1 ? shown(issue.values[0]) : `one of ${issue.values.map(shown).join(', ')}`;
    case 'too_small':
      return sizeWords(issue.origin, issue.inclusive === false ? 'more than' : 'at least', String(issue.minimum));
    case 'too_big':
      return sizeWords(issue.origin, issue.inclusive === false ? 'less than' : 'at most', String(issue.maximum));
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`;
    case 'invalid_format':
      return issue.pattern === undefined ? `a text of the form ${issue.format}` : `a text like ${issue.pattern}`;
    case 'unrecognized_keys':
      return 'only known keys';
    case 'invalid_union':
      return (
        [...new Set(issue.errors.flatMap((branch) => branch.slice(0, 1).map(expectedBy)))].join(' or ') ||
        'one of its forms'
      );
    case 'invalid_key':
      return issue.issues.map(expectedBy).join(' and ');
    case 'invalid_element':
      return issue.issues.map(expectedBy).join(' and ');
    case 'custom':
      return 'a value that fits';
  }
}

function sizeWords(origin: string, direction: string, limit: string): string {
  if (origin === 'string') return `${direction} ${limit} characters`;
  if (origin === 'array' || origin === 'set') return `${direction} ${limit} elements`;
  return `a number of ${direction} ${limit}`;
}
