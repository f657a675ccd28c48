import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { ROUTES } from '../src/protocol/index.ts';
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
