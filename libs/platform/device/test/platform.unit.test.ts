import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findCommand, platformStanding, thisPlatform } from '../src/index.ts';

test.each([
  ['linux', 'x64', 'glibc', 'tested'],
  ['linux', 'arm64', 'glibc', 'expected'],
  ['darwin', 'arm64', undefined, 'expected'],
  ['win32', 'x64', undefined, 'expected'],
  ['win32', 'arm64', undefined, 'expected'],
  ['darwin', 'x64', undefined, 'lacking'],
  ['linux', 'x64', 'musl', 'lacking'],
  ['linux', 'riscv64', 'glibc', 'lacking'],
  ['freebsd', 'x64', undefined, 'lacking'],
] as const)('%s %s %s is %s, in words', (platform, arch, libc, standing) => {
  const said = platformStanding({ platform, arch, ...(libc && { libc }) });
  expect(said.standing).toBe(standing);
  expect(said.detail).toMatch(
    { tested: /^tested$/, expected: /expected to work, not tested/, lacking: /no build for/ }[standing],
  );
  expect(said.differs.length > 0).toBe(platform === 'darwin' || platform === 'win32');
});

test('this machine has a platform of which something is known', () => {
  const here = thisPlatform();
  expect(here).toMatchObject({ platform: process.platform, arch: process.arch });
  expect(here.libc !== undefined).toBe(process.platform === 'linux');
});

// Elsewhere by a path: what joins the parts of one on Windows separates nothing here.
test.skipIf(process.platform === 'win32')('a program of Windows is found by its name without .exe', () => {
  const folder = mkdtempSync(join(tmpdir(), 'soliloquy-path-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ['nats-server.exe', 'tool.cmd', 'plain']) {
    writeFileSync(join(folder, name), '');
    chmodSync(join(folder, name), 0o755);
  }
  const at = (name: string, platform: string): string | undefined => findCommand(join(folder, name), { platform });
  expect(at('nats-server', 'win32')).toBe(join(folder, 'nats-server.exe'));
  expect(at('plain', 'win32')).toBe(join(folder, 'plain'));
  expect(at('tool', 'win32')).toBeUndefined();
  expect(at('nats-server', 'linux')).toBeUndefined();
  const environment = { Path: ['/nowhere', folder].join(':') };
  expect(findCommand('plain', { platform: 'linux', environment })).toBe(join(folder, 'plain'));
});
