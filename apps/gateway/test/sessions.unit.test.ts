import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ROUTES } from '../src/protocol/index.ts';
import type { SessionFile } from '../src/session-file.ts';
import { Sessions } from '../src/sessions.ts';
import { openBench, snapshot, type Bench } from './fixture/open-gateway.ts';

const folderOfPerson = (): string => join(mkdtempSync(join(tmpdir(), 'soliloquy-person-')), 'sessions');
const status = async (bench: Bench, cookie: string): Promise<number> =>
  (await bench.ask(ROUTES.session, { headers: { cookie } })).status;

test('a page finds a gateway that is started anew where it was, and is let in', async () => {
  const sessionsFolder = folderOfPerson();
  const first = await openBench(undefined, undefined, { sessionsFolder });
  await first.gateway.close();
  const again = await openBench({}, dirname(first.project), { sessionsFolder });
  expect(again.gateway.port).toBe(first.gateway.port);
  expect([await status(again, first.cookie), await status(again, `${first.cookie}x`)]).toEqual([200, 401]);
  await again.close();
});

test('who may enter is kept as digests, for this person alone, and nowhere in the project', async () => {
  const sessionsFolder = folderOfPerson();
  const bench = await openBench(undefined, undefined, { sessionsFolder });
  const [file] = readdirSync(sessionsFolder) as [string];
  const text = readFileSync(join(sessionsFolder, file), 'utf8');
  expect(text).toMatch(/"digest":"[0-9a-f]{64}"/);
  expect(text).not.toContain(bench.cookie.split('=')[1]);
  expect(statSync(join(sessionsFolder, file)).mode & 0o077).toBe(0);
  const digest = (JSON.parse(text) as { cookies: { digest: string }[] }).cookies[0]?.digest as string;
  for (const path of Object.keys(snapshot(bench.project)))
    expect(readFileSync(bench.project + path, 'utf8'), path).not.toContain(digest);
  await bench.close();
});

test('another project, another port, and a file that is none change nothing for others', async () => {
  const sessionsFolder = folderOfPerson();
  const first = await openBench(undefined, undefined, { sessionsFolder });
  const other = await openBench(undefined, undefined, { sessionsFolder });
  const name = other.cookie.split('=')[0];
  expect(await status(other, `${name}=${first.cookie.split('=')[1]}`)).toBe(401);
  await other.close();
  const { port } = first.gateway;
  await first.gateway.close();
  const squatter = createServer().listen(port, '127.0.0.1');
  const elsewhere = await openBench({}, dirname(first.project), { sessionsFolder });
  expect(elsewhere.gateway.port).not.toBe(port);
  await elsewhere.gateway.close();
  squatter.close();
  for (const file of readdirSync(sessionsFolder)) writeFileSync(join(sessionsFolder, file), '{"cookies":1}');
  const fresh = await openBench({}, dirname(first.project), { sessionsFolder });
  expect(await status(fresh, first.cookie)).toBe(401);
  await fresh.close();
});

describe('a one-time link', () => {
  const MINUTE = 60_000;
  let kept: Set<string>;
  let sessions: Sessions;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 });
    kept = new Set();
    const file = { keep: (digest: string) => kept.add(digest), holds: (digest: string) => kept.has(digest) };
    sessions = new Sessions(file as unknown as SessionFile);
  });
  afterEach(() => void vi.useRealTimers());

  test('lets in once, and whoever it let in is known by his cookie alone', () => {
    const link = sessions.newLink();
    const cookie = sessions.enter(link);
    expect(cookie).toMatch(/^[\w-]{43}$/);
    expect([sessions.holds(cookie), sessions.holds(link), sessions.holds(undefined)]).toEqual([true, false, false]);
    expect(kept.has(cookie as string)).toBe(false);
    expect(sessions.enter(link)).toBeUndefined();
    expect(sessions.enter('')).toBeUndefined();
    expect(kept.size).toBe(1);
  });

  test.each([
    [undefined, 10 * MINUTE],
    [MINUTE, MINUTE],
  ])('that lasts %s lets in up to its end, and no longer', (lasts, ends) => {
    const [intime, late] = [sessions.newLink(lasts), sessions.newLink(lasts)];
    vi.setSystemTime(1_000_000 + ends);
    expect(sessions.enter(intime)).toBeDefined();
    vi.setSystemTime(1_000_000 + ends + 1);
    expect(sessions.enter(late)).toBeUndefined();
  });

  test('is still good when others were made after it, of which some are over', () => {
    const [short, long] = [sessions.newLink(MINUTE), sessions.newLink()];
    vi.setSystemTime(1_000_000 + 2 * MINUTE);
    sessions.newLink();
    expect(sessions.enter(long)).toBeDefined();
    // Back in time: the one that was over is gone, not only too old.
    vi.setSystemTime(1_000_000);
    expect(sessions.enter(short)).toBeUndefined();
  });

  test('that is just at its end is kept when another is made', () => {
    const link = sessions.newLink(MINUTE);
    vi.setSystemTime(1_000_000 + MINUTE);
    sessions.newLink();
    expect(sessions.enter(link)).toBeDefined();
  });

  test('is one of twenty at most: the oldest goes for a new one', () => {
    const links = Array.from({ length: 21 }, () => sessions.newLink());
    expect(sessions.enter(links[0] as string)).toBeUndefined();
    for (const link of links.slice(1)) expect(sessions.enter(link)).toBeDefined();
  });

  test('is among twenty without any going', () => {
    const links = Array.from({ length: 20 }, () => sessions.newLink());
    expect(links.map((link) => sessions.enter(link)).filter((cookie) => cookie === undefined)).toEqual([]);
  });
});
