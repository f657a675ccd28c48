import { expect, test } from 'vitest';
import { afarLetters, shortened } from '../src/canvas/paint.ts';
import { NODE_WIDTH } from '../src/graph/card-size.ts';

/** At which the quickstart opens at 1440x900, and a card of one row there. */
const [ZOOM, CARD] = [0.27, { width: NODE_WIDTH, height: 160 }];

test('name and backbone have letters of 11 pixels when a long chain opens', () => {
  for (const name of ['fit', 'canonical-gaussians']) {
    const letters = afarLetters(CARD, name, ZOOM);
    expect(letters.name * ZOOM).toBeGreaterThanOrEqual(11);
    expect(letters.backbone * ZOOM).toBeGreaterThanOrEqual(11);
    expect((letters.name + letters.backbone) * 1.12).toBeLessThanOrEqual(CARD.height);
  }
});

test('what does not fit at that height ends with an ellipsis', () => {
  expect(shortened('fit', 41, 216)).toBe('fit');
  expect(shortened('canonical-gaussians', 41, 216)).toBe('canonical…');
  expect(shortened('canonical-gaussians', 12, 216)).toBe('canonical-gaussians');
});

test('a low card of the quickstart, whose canvas opens at a quarter, has both lines at 11 pixels', () => {
  const low = { width: NODE_WIDTH, height: 104 };
  const letters = afarLetters(low, 'sentences', 0.25);
  expect(Math.min(letters.name, letters.backbone) * 0.25).toBeGreaterThanOrEqual(11);
  expect((letters.name + letters.backbone) * 1.12).toBeLessThanOrEqual(low.height);
});
