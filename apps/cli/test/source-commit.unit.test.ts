import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { sourceCommit } from '../src/source-commit.ts';
import { INSTALLATION, installedVersions, versionOfSoliloquy } from '../src/versions.ts';

const root = mkdtempSync(join(tmpdir(), 'soliloquy-commit-'));
const git = (folder: string, ...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=n', '-c', 'user.email=e@x', ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: 'pipe',
  }).trim();
afterAll(() => rmSync(root, { recursive: true }));

test('the commit is what git says: on a branch, packed, detached, and in a worktree', () => {
  const home = join(root, 'home');
  mkdirSync(home);
  git(home, 'init', '-q');
  git(home, 'commit', '-q', '--allow-empty', '-m', 'one');
  const first = git(home, 'rev-parse', 'HEAD');
  expect(sourceCommit(home)).toBe(first);
  git(home, 'pack-refs', '--all');
  expect(sourceCommit(home)).toBe(first);
  git(home, 'worktree', 'add', '-q', '-b', 'side', join(root, 'side'));
  git(join(root, 'side'), 'commit', '-q', '--allow-empty', '-m', 'two');
  expect(sourceCommit(join(root, 'side'))).toBe(git(join(root, 'side'), 'rev-parse', 'HEAD'));
  expect(sourceCommit(home)).toBe(first);
  git(home, 'checkout', '-q', '--detach');
  expect(sourceCommit(home)).toBe(first);
});

test('a folder that is no checkout has none', () => {
  mkdirSync(join(root, 'bare'));
  expect(sourceCommit(join(root, 'bare'))).toBeUndefined();
});

test('a folder in the checkout of somebody else has none', () => {
  const project = join(root, 'project');
  const installed = join(project, 'node_modules/soliloquy');
  mkdirSync(installed, { recursive: true });
  git(project, 'init', '-q');
  git(project, 'commit', '-q', '--allow-empty', '-m', 'theirs');
  expect(sourceCommit(installed)).toBeUndefined();
});

test('run.json states the version of Soliloquy, and the commit of its own checkout', () => {
  const versions = installedVersions();
  expect(versions.soliloquy).toBe(versionOfSoliloquy());
  expect(versions.commit).toBe(
    existsSync(join(INSTALLATION, '.git')) ? git(INSTALLATION, 'rev-parse', 'HEAD') : undefined,
  );
});
