import { expect, test } from 'vitest';
import { closestName, meant, oneOf } from '../src/closest-name.ts';

test.each([
  ['a letter too few', 'bacbone', 'backbone'],
  ['a letter too many', 'backbonee', 'backbone'],
  ['another letter', 'backbane', 'backbone'],
  ['two letters', 'bakbne', 'backbone'],
  ['other case', 'BACKBONE', 'backbone'],
  ['case of the known name', 'backbone', 'BackBone'],
  ['nothing', 'backbone', 'backbone'],
])('%s is forgiven', (_what, name, known) => {
  expect(closestName(name, ['zzzzzzzz', known, 'qqqqqqqq'])).toBe(known);
});

test('two edits are forgiven in a short name, a third of the letters in a long one, and no more', () => {
  expect(closestName('abcd', ['abxy'])).toBe('abxy');
  expect(closestName('abcd', ['axyz'])).toBeUndefined();
  expect(closestName('abcdefghijkl', ['abcdefghwxyz'])).toBe('abcdefghwxyz');
  expect(closestName('abcdefghijkl', ['abcdefgvwxyz'])).toBeUndefined();
  expect(closestName('abcdefghijk', ['abcdefgwxyz'])).toBeUndefined();
});

test('neighbours that changed places are one edit, at the beginning, within and at the end', () => {
  // three swaps are three edits; counted letter by letter they would be six, too many for nine letters
  expect(closestName('abcdefghi', ['bacdfeghi'])).toBe('bacdfeghi');
  expect(closestName('abcdefghi', ['bacedfgih'])).toBe('bacedfgih');
  // a swap beats two changed letters, which beat three
  expect(closestName('ab', ['xy', 'ba'])).toBe('ba');
  expect(closestName('abcde', ['abxye', 'abdce'])).toBe('abdce');
  expect(closestName('xaby', ['xcdy', 'xbay'])).toBe('xbay');
});

test('letters that are the same but no neighbours are no swap', () => {
  expect(closestName('abc', ['cba', 'abd'])).toBe('abd');
  expect(closestName('abcdef', ['badcfx'])).toBeUndefined();
  // Half a swap: the c of `cb` is that of `ac`, the b is gone.
  expect(closestName('cbdefg', ['cbdexy', 'acdefg'])).toBe('cbdexy');
  expect(closestName('bcdefg', ['bcdexy', 'cadefg'])).toBe('bcdexy');
});

test('the beginning of a long name stands for it, from two letters on; its end does not', () => {
  expect(closestName('sp', ['speech-to-text', 'zz'])).toBe('speech-to-text');
  expect(closestName('s', ['speech-to-text'])).toBeUndefined();
  expect(closestName('text', ['speech-to-text'])).toBeUndefined();
  // as good as one edit
  expect(closestName('fit', ['fir', 'fitting-room'])).toBe('fir');
  expect(closestName('fit', ['far', 'fitting-room'])).toBe('fitting-room');
});

test('of two that are equally close the first is taken', () => {
  expect(closestName('cat', ['bat', 'hat'])).toBe('bat');
});

test('choices are listed in words', () => {
  expect([[], ['a'], ['a', 'b']].map(oneOf)).toEqual(['none', '"a"', 'one of a, b']);
});

test('the remedy names what was probably meant, or what else to do', () => {
  expect(meant('lats', ['last'], 'choose one')).toBe('did you mean "last"?');
  expect(meant('nothing-like-it', ['last'], 'choose one')).toBe('choose one');
});
