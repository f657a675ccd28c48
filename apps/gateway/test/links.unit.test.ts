import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SessionFile } from '../src/session-file.ts';
import { Sessions } from '../src/sessions.ts';

/** Cookies of one start. */
const keptHere = (): SessionFile => new SessionFile(undefined, '.');

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

test('a link lets in once, and the cookie that it gave is held from then on', () => {
  const sessions = new Sessions(keptHere());
  const link = sessions.newLink();
  const cookie = sessions.enter(link);
  expect(cookie).toMatch(/^[\w-]{43}$/);
  expect(cookie).not.toBe(link);
  expect(sessions.enter(link)).toBeUndefined();
  expect(sessions.holds(cookie)).toBe(true);
});

test('no other cookie is held: none, the link itself, one of another gateway', () => {
  const sessions = new Sessions(keptHere());
  const link = sessions.newLink();
  sessions.enter(link);
  const other = new Sessions(keptHere());
  for (const cookie of [undefined, '', link, other.enter(other.newLink())]) expect(sessions.holds(cookie)).toBe(false);
  expect(sessions.enter('wrong')).toBeUndefined();
});

test('a link lasts ten minutes to the millisecond, or as long as it was made for', () => {
  const sessions = new Sessions(keptHere());
  const [early, late, brief] = [sessions.newLink(), sessions.newLink(), sessions.newLink(5)];
  vi.advanceTimersByTime(10 * 60_000);
  expect(sessions.enter(early)).toBeDefined();
  vi.advanceTimersByTime(1);
  expect(sessions.enter(late)).toBeUndefined();
  expect(sessions.enter(brief)).toBeUndefined();
});

test('a link too old is gone for good, also where the clock goes back', () => {
  const sessions = new Sessions(keptHere());
  const link = sessions.newLink();
  vi.advanceTimersByTime(10 * 60_000 + 1);
  sessions.newLink();
  vi.setSystemTime(1_000_000);
  expect(sessions.enter(link)).toBeUndefined();
});

test('at most twenty links are open: one more takes the place of the oldest', () => {
  const sessions = new Sessions(keptHere());
  const links = Array.from({ length: 21 }, () => sessions.newLink());
  expect(links.map((link) => sessions.enter(link) !== undefined)).toEqual([false, ...Array(20).fill(true)]);
});

test('a new link ends no other that still lasts, not even one that ends this instant', () => {
  const sessions = new Sessions(keptHere());
  const link = sessions.newLink(10);
  vi.advanceTimersByTime(10);
  sessions.newLink();
  expect(sessions.enter(link)).toBeDefined();
});
