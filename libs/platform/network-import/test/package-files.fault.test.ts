import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPackageFile, type KnownPackage } from '../src/index.ts';

const CONTENT = 'the weights of a network';
const known: KnownPackage = {
  name: '@some/networks',
  version: '1.2.3',
  digests: { 'net.bin': createHash('sha256').update(CONTENT).digest('hex') },
};

describe('a file of a package', () => {
  let root: string;
  let from: string;
  const put = async (file: string, content: string): Promise<void> => {
    const folder = join(root, 'node_modules', known.name);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, file), content);
  };
  const read = (): Promise<Uint8Array> => readPackageFile(known, 'net.bin', from);

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'package-'));
    from = pathToFileURL(join(root, 'module.js')).href;
    await put('package.json', JSON.stringify({ name: known.name, version: known.version, exports: {} }));
    await put('net.bin', CONTENT);
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('is read though the package exports nothing', async () => {
    expect(new TextDecoder().decode(await read())).toBe(CONTENT);
  });

  it('with other bytes: network.altered, which names it', async () => {
    await put('net.bin', `${CONTENT}!`);
    await expect(read()).rejects.toMatchObject({ code: 'network.altered', where: '@some/networks/net.bin' });
    await expect(read()).rejects.toThrow(/got 25 bytes, SHA-256 [0-9a-f]{16}…; install @some\/networks again/);
  });

  it('of another version: network.version, which names both', async () => {
    await put('package.json', JSON.stringify({ name: known.name, version: '1.3.0' }));
    await expect(read()).rejects.toMatchObject({ code: 'network.version' });
    await expect(read()).rejects.toThrow('@some/networks: expected version 1.2.3, got 1.3.0; run npm ci');
  });

  it('that is not there: network.missing', async () => {
    await rm(join(root, 'node_modules', known.name, 'net.bin'));
    await expect(read()).rejects.toMatchObject({ code: 'network.missing', where: '@some/networks/net.bin' });
  });

  it('of a package that is not installed: network.missing', async () => {
    await rm(join(root, 'node_modules'), { recursive: true });
    await expect(read()).rejects.toMatchObject({ code: 'network.missing', where: '@some/networks' });
  });
});
