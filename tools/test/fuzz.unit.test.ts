import { afterAll, describe, expect, test } from 'vitest';
import { caseOf } from '../fuzz/case.ts';
import { FORMATS } from '../fuzz/formats.ts';
import { CaseReader, fuzzFormat, kindOf } from '../fuzz/fuzz-format.ts';
import { sentencesOf } from '../fuzz/readers.ts';

const COUNT = 20;
/** Another one than by hand, so that a day's work sees more than the same files. */
const SEED = 20261130;

const reader = new CaseReader();
afterAll(() => reader.close());

describe('every format that strangers give', () => {
  test.each(Object.keys(FORMATS))('%s: what it begins with is taken, and its cases repeat', async (format) => {
    for (const bytes of await FORMATS[format].seeds()) await FORMATS[format].read(bytes);
    const again = await Promise.all([0, 1].map(() => caseOf({ format, seed: 1, index: 7 })));
    expect(Buffer.compare(again[0], again[1])).toBe(0);
    const other = await caseOf({ format, seed: 2, index: 7 });
    expect(Buffer.compare(again[0], other)).not.toBe(0);
  });

  test.each(Object.keys(FORMATS))(
    `%s: ${COUNT} changed files crash nothing, end in time and are refused in the house form`,
    async (format) => {
      const { taken, refused, findings } = await fuzzFormat(reader, { format, seed: SEED, index: 0 }, COUNT);
      expect(findings).toEqual([]);
      expect(taken + refused).toBe(COUNT);
    },
  );
});

test('an error that is none of ours is told from a fault', () => {
  expect(sentencesOf(new TypeError('a: expected b, got c; d'))).toBeUndefined();
  expect(kindOf('no fault: at 12 of "x"')).toBe(kindOf('no fault: at 7 of "yy"'));
});
