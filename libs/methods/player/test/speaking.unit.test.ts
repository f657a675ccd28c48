import { expect, test } from 'vitest';
import { Speaking } from '../src/speaking.ts';

const FPS = 25;
const frames = (from: number, spoken: string) =>
  [...spoken].map((letter, i) => ({ frame: from + i, isSpoken: letter === 's' }));

test('a voice is heard from its first frame on, until 0.3 s after its last, at the time of the picture', () => {
  const speaking = new Speaking();
  speaking.add(frames(0, '..ss.s........s'));
  expect([...speaking.upTo(1.9, FPS)]).toEqual([]);
  expect([...speaking.upTo(2, FPS)]).toEqual([true]);
  expect([...speaking.upTo(12, FPS)]).toEqual([]);
  expect(speaking.isSpeaking).toBe(true);
  expect([...speaking.upTo(13, FPS)]).toEqual([false]);
});

test('frames that come late are told all the same, each change of them', () => {
  const speaking = new Speaking();
  speaking.add(frames(0, '.sss.........'));
  expect([...speaking.upTo(500, FPS)]).toEqual([true, false]);
  speaking.reset();
  speaking.add(frames(0, 's'));
  expect([...speaking.upTo(0, FPS)]).toEqual([true]);
});
