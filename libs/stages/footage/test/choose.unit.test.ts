import { expect, test } from 'vitest';
import { chooseClips, chooseReference } from '../src/choose-clips.ts';
import type { Look, SeenFace } from '../src/look.ts';

const FACE: SeenFace = { eyes: 60, open: 0.3, mouth: 0.05, turned: 0.05, sharpness: 100 };
const FILM = { frames: 500, fps: 25 };
const LENGTH = { length: 100, most: 24 };

/** A look each fifth of a second. */
function looksWith(change: (frame: number) => Partial<Look>): Look[] {
  return Array.from({ length: 100 }, (_, i) => ({ frame: 5 * i, person: FACE, background: 0, ...change(5 * i) }));
}

const startsOf = (looks: Look[], cuts: number[] = []): number[] =>
  chooseClips(FILM, { cuts, looks }, LENGTH).clips.map(({ from }) => from);

test('clips follow each other, none over a cut', () => {
  expect(startsOf(looksWith(() => ({})))).toEqual([0, 100, 200, 300, 400]);
  expect(
    startsOf(
      looksWith(() => ({})),
      [130, 180],
    ),
  ).toEqual([0, 180, 280, 380]);
});

test('the person may be away for a look, not for more', () => {
  expect(startsOf(looksWith((frame) => (frame === 50 ? { person: undefined } : {})))).toEqual([0, 100, 200, 300, 400]);
  const away = looksWith((frame) => (frame >= 50 && frame < 90 ? { person: undefined } : {}));
  // Two of twenty looks may miss it.
  expect(startsOf(away)[0]).toBe(80);
  expect(chooseClips(FILM, { cuts: [], looks: away }, LENGTH).leftOut.absent).toBeCloseTo(80 / 25);
});

test('a moving camera is left out', () => {
  const moving = looksWith((frame) => ({ background: frame < 250 ? 0.05 : 0.001 }));
  expect(startsOf(moving)[0]).toBeGreaterThanOrEqual(205);
});

test('the reference picture has open eyes, closed lips, and is sharp', () => {
  const faces: Partial<SeenFace>[] = [
    { open: 0.05 },
    { mouth: 0.4 },
    { sharpness: 10 },
    { turned: 0.5 },
    {},
    { open: 0.1 },
  ];
  const looks = faces.map((face, i): Look => ({ frame: i, person: { ...FACE, ...face }, background: 0 }));
  expect(chooseReference(looks).frame).toBe(4);
});
