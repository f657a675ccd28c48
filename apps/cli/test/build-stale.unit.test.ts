import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { listSources, staleBuild } from '@soliloquy/device/built-sources';
import { buildStale, staleParts } from '../src/build-stale.ts';
import { INSTALLATION } from '../src/versions.ts';

/** An installation whose kernels have one source; `builder` is the program that builds them. */
function installation(builder?: string): { root: string; package: string; build(): void } {
  const root = mkdtempSync(join(tmpdir(), 'soliloquy-stale-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const folder = join(root, 'kernels', 'splat');
  mkdirSync(join(folder, 'src'), { recursive: true });
  writeFileSync(join(folder, 'src', 'sort.as.ts'), 'one');
  if (builder !== undefined) {
    mkdirSync(join(root, 'node_modules', 'nx'), { recursive: true });
    writeFileSync(join(root, 'node_modules', 'nx', 'package.json'), '{ "bin": { "nx": "./nx.js" } }');
    writeFileSync(join(root, 'node_modules', 'nx', 'nx.js'), builder);
  }
  return {
    root,
    package: folder,
    build: () => {
      mkdirSync(join(folder, 'build'), { recursive: true });
      writeFileSync(join(folder, 'build', 'sources.json'), listSources(folder, ['src/sort.as.ts']));
    },
  };
}

function silence(): string[] {
  const said: string[] = [];
  const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  onTestFinished(() => spy.mockRestore());
  return said;
}

test('what was built is stale by content, not by time or line ends', () => {
  const { package: folder, build } = installation();
  expect(staleBuild(folder)).toBe('it is not built');
  build();
  expect(staleBuild(folder)).toBeUndefined();
  writeFileSync(join(folder, 'src', 'sort.as.ts'), 'one');
  expect(staleBuild(folder)).toBeUndefined();
  writeFileSync(join(folder, 'src', 'sort.as.ts'), 'two');
  expect(staleBuild(folder)).toBe('src/sort.as.ts changed');
  rmSync(join(folder, 'src', 'sort.as.ts'));
  expect(staleBuild(folder)).toBe('src/sort.as.ts changed');
  writeFileSync(join(folder, 'src', 'sort.as.ts'), 'a\nb\n');
  build();
  writeFileSync(join(folder, 'src', 'sort.as.ts'), 'a\r\nb\r\n');
  expect(staleBuild(folder)).toBeUndefined();
});

test('a fresh clone is built when it is used, once', async () => {
  const builder = `
    const { mkdirSync, writeFileSync } = require('node:fs');
    mkdirSync('kernels/splat/build');
    writeFileSync('kernels/splat/build/sources.json', '{}');
    writeFileSync('called.txt', process.argv.slice(2).join(' '));`;
  const { root } = installation(builder);
  const said = silence();
  await buildStale(['kernels'], root);
  expect(said).toEqual(['building the splat kernels: it is not built\n']);
  expect(staleParts(['kernels'], root)).toEqual([]);
  rmSync(join(root, 'called.txt'));
  await buildStale(['kernels'], root);
  expect(existsSync(join(root, 'called.txt'))).toBe(false);
});

test('a build that fails names the remedy, and asks nobody to report it', async () => {
  const said = silence();
  const { root } = installation('console.log("no compiler"); process.exit(4);');
  await expect(buildStale(['kernels'], root)).rejects.toMatchObject({
    code: 'build.failed',
    phase: 'before-run',
    audience: 'person',
    message:
      'the splat kernels: expected to be built from its sources, got exit code 4 and the lines above; ' +
      'run npm ci, then npm run build',
  });
  expect(said.join('')).toContain('no compiler');
  await expect(buildStale(['kernels'], installation().root)).rejects.toThrow(/got no nx in .*node_modules; run npm ci/);
});

test('the builder of this checkout is where it is looked for', () => {
  const folder = join(INSTALLATION, 'node_modules', 'nx');
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { bin: { nx: string } };
  expect(existsSync(join(folder, bin.nx))).toBe(true);
});

test('this checkout is built from its sources', () => {
  expect(staleParts()).toEqual([]);
});
