import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { freshProject, soliloquy } from './fixture/command.ts';

const AVATAR = join(import.meta.dirname, '../../../libs/methods/avatar-file/test/fixtures/version-1.avatar');

describe('soliloquy show', () => {
  function withAvatar(): string {
    const folder = freshProject({});
    copyFileSync(AVATAR, join(folder, 'a.avatar'));
    return folder;
  }

  test('says what an avatar holds, and who may use it', async () => {
    const { code, stdout, stderr } = await soliloquy(withAvatar(), 'show', 'a.avatar');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^a\.avatar: Small, an avatar of version 1, 0\.21 MB\n {2}person +5 Gaussians, seen at 32x48\n/,
    );
    expect(stdout).toMatch(/\n {2}motion +25 frames a second, 8 at once, hears by mel\n/);
    expect(stdout).toMatch(/\n {2}licence +for tests\n {2}consent +nobody said\n/);
    expect(stdout).toMatch(/\n {2}motion\/transformer\.onnx +0\.05 MB\n/);
  });

  test('gives its manifest as JSON', async () => {
    const { code, stdout } = await soliloquy(withAvatar(), 'show', 'a.avatar', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ format: 'soliloquy-avatar', version: 1, name: 'Small' });
  });

  test('refuses a file that is cut off, one that is none, and a folder, each in one line; exit code 2', async () => {
    const folder = withAvatar();
    writeFileSync(join(folder, 'cut.avatar'), readFileSync(AVATAR).subarray(0, 100_000));
    const cut = await soliloquy(folder, 'show', 'cut.avatar');
    expect(cut).toMatchObject({ code: 2, stdout: '' });
    expect(cut.stderr).toMatch(/^cut\.avatar: avatar: expected a whole ZIP archive, got 100000 bytes .*\n$/);
    expect((await soliloquy(folder, 'show', 'none.avatar')).stderr).toMatch(/^none\.avatar: expected .*, got ENOENT/);
    expect((await soliloquy(folder, 'show', '.')).stderr).toMatch(/^\.: expected .*, got what is no file/);
  });
});
