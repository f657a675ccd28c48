import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keptNetwork } from '../src/index.ts';

describe('a converted network is kept', () => {
  let folder: string;
  let conversions: number;
  const network = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
  const kept = (source = 'abc', name = 'net'): Promise<Uint8Array> =>
    keptNetwork({
      name,
      source,
      folder,
      convert: async () => {
        conversions++;
        return network;
      },
    });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kept-'));
    conversions = 0;
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('converted once, the same bytes from then on', async () => {
    expect(await kept()).toEqual(network);
    expect(Uint8Array.from(await kept())).toEqual(network);
    expect(conversions).toBe(1);
  });

  it('another source is another network', async () => {
    await kept('abc');
    await kept('abd');
    expect(conversions).toBe(2);
    expect(await readdir(folder)).toHaveLength(2);
  });

  it.each([
    ['cut short', (bytes: Buffer) => bytes.subarray(0, 500)],
    ['changed', (bytes: Buffer) => Buffer.from(bytes).fill(7, 200, 201)],
    ['empty', () => Buffer.alloc(0)],
  ])('a kept file that is %s is converted again, and mended', async (_, damage) => {
    await kept();
    const [file] = await readdir(folder);
    await writeFile(join(folder, file), damage(await readFile(join(folder, file))));
    expect(Uint8Array.from(await kept())).toEqual(network);
    expect(Uint8Array.from(await kept())).toEqual(network);
    expect(conversions).toBe(2);
  });

  it('many at once all get it, and leave one whole file', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => kept()));
    for (const bytes of all) expect(Uint8Array.from(bytes)).toEqual(network);
    expect(await readdir(folder)).toHaveLength(1);
    expect(Uint8Array.from(await kept())).toEqual(network);
    expect(conversions).toBeLessThanOrEqual(8);
  });

  it('a file where the folder should be: converted each time', async () => {
    const blocked = join(folder, 'file');
    await writeFile(blocked, '');
    const convert = async (): Promise<Uint8Array> => {
      conversions++;
      return network;
    };
    const inFile = { name: 'net', source: 'abc', folder: join(blocked, 'networks'), convert };
    expect(await keptNetwork(inFile)).toEqual(network);
    expect(await keptNetwork(inFile)).toEqual(network);
    expect(conversions).toBe(2);
  });
});
