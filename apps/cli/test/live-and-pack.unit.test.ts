import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { freshProject, soliloquy, start } from './fixture/command.ts';

const AVATAR = join(import.meta.dirname, '../../../libs/methods/avatar-file/test/fixtures/version-1.avatar');

function withAvatar(): string {
  const folder = freshProject({});
  copyFileSync(AVATAR, join(folder, 'a.avatar'));
  return folder;
}

/** An answer on a connection of its own, to the path as it is written. */
async function ask(url: string, headers: Record<string, string> = {}) {
  const { host, hostname, port } = new URL(url);
  const path = url.slice(url.indexOf(host) + host.length);
  const asked = request({ hostname, port, path, headers, agent: false }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return { status: answer.statusCode, headers: answer.headers, body: await buffer(answer) };
}

describe('soliloquy live', () => {
  test('serves an avatar on this machine to whoever has the link, isolated, with a microphone', async () => {
    const folder = withAvatar();
    writeFileSync(join(folder, 'v.wav'), 'a voice');
    const running = start(folder, ['live', 'a.avatar', '--source', 'v.wav', '--no-open']);
    const shown = await running.until('The link works once');
    expect(shown).toMatch(/^Small, live\n {2}http:\/\/127\.0\.0\.1:\d+\/\?token=\S+\n/);
    const link = /http:\S+/.exec(shown)?.[0] as string;
    const { origin } = new URL(link);
    for (const path of ['/', '/person.avatar', '/voice', '/player/live.js', '/player/mind.js'])
      expect([path, (await ask(`${origin}${path}`)).status]).toEqual([path, 401]);
    const entered = await ask(link);
    expect(entered.status).toBe(303);
    const cookie = entered.headers['set-cookie']?.[0].split(';')[0] as string;
    const get = (path: string) => ask(`${origin}${path}`, { cookie });
    const page = await get('/');
    expect(page.headers['cross-origin-opener-policy']).toBe('same-origin');
    expect(page.headers['cross-origin-embedder-policy']).toBe('require-corp');
    expect(page.headers['permissions-policy']).toContain('microphone=(self)');
    expect(page.headers['content-security-policy']).toContain("connect-src 'self'");
    const html = page.body.toString();
    expect(html).toContain('<soliloquy-avatar src="person.avatar" controls>');
    expect(html).toContain('Play v.wav');
    expect((await get('/person.avatar')).body.equals(readFileSync(AVATAR))).toBe(true);
    expect((await get('/voice')).body.toString()).toBe('a voice');
    expect((await get('/player/live.js')).headers['content-type']).toMatch(/^text\/javascript/);
    for (const path of ['/player/../package.json', '/player/..%2fpackage.json', '/player/none.js', '/api/session'])
      expect([path, (await get(path)).status]).toEqual([path, 404]);
    expect((await ask(link)).status).toBe(401);
    running.child.kill('SIGTERM');
    expect((await running.ended).code).toBe(0);
  });

  test('without a voice has none; a voice, a port or an avatar that is none is refused, exit code 2', async () => {
    const folder = withAvatar();
    writeFileSync(join(folder, 'cut.avatar'), readFileSync(AVATAR).subarray(0, 5000));
    for (const [args, line] of [
      [['a.avatar', '--source', 'none.wav'], /^none\.wav: expected a recording, or mic, got ENOENT; check the path\n$/],
      [['a.avatar', '--port', 'many'], /^--port: expected a whole number from 0 to 65535, got "many"/],
      [['cut.avatar'], /^cut\.avatar: avatar: expected a whole ZIP archive, got 5000 bytes/],
      [['none.avatar'], /^none\.avatar: expected a \.avatar that can be read, got ENOENT/],
    ] as const) {
      const { code, stdout, stderr } = await soliloquy(folder, 'live', ...args);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(line);
    }
  });
});

describe('soliloquy pack', () => {
  test('writes one page of at most 20 MB that holds everything, the same one each time', async () => {
    const folder = withAvatar();
    const { code, stdout, stderr } = await soliloquy(folder, 'pack', 'a.avatar', '-o', 'page.html');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^page\.html: Small, [\d.]+ MB; open it in a browser\n$/);
    const page = readFileSync(join(folder, 'page.html'), 'utf8');
    expect(page.length).toBeLessThan(20e6);
    expect(page).toMatch(/<meta http-equiv="content-security-policy" content="default-src 'none'; script-src 'sha256-/);
    expect(page).not.toMatch(/(src|href)="(?!data:)/);
    await soliloquy(folder, 'pack', 'a.avatar');
    expect(readFileSync(join(folder, 'a.html'), 'utf8')).toBe(page);
  });

  test('leaves nothing where it cannot be written, or what is packed is no avatar', async () => {
    const folder = withAvatar();
    mkdirSync(join(folder, 'taken.html'));
    const taken = await soliloquy(folder, 'pack', 'a.avatar', '-o', 'taken.html');
    expect([taken.code, taken.stderr]).toEqual([
      2,
      '--output: expected a file that can be written, got EISDIR; check the path\n',
    ]);
    writeFileSync(join(folder, 'b.avatar'), 'none');
    expect((await soliloquy(folder, 'pack', 'b.avatar')).code).toBe(2);
    expect(existsSync(join(folder, 'b.html'))).toBe(false);
    expect(readdirSync(folder).filter((name) => /html\.\d+$/.test(name))).toEqual([]);
  });
});
