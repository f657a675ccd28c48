import { expect, test } from 'vitest';
import { DEFAULT_DICTIONARY } from '@soliloquy/attribute-sampler';
import { VOCABULARY } from '@soliloquy/text-to-image/figure';

// Stages never import each other: what one says and the other must understand is held together here.
test('the dictionary of the attribute sampler draws exactly the attributes and values that the painter knows', () => {
  expect(DEFAULT_DICTIONARY.attributes).toEqual(VOCABULARY);
});
