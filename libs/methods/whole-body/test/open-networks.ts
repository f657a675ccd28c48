import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { Networks } from '../src/index.ts';

/**
 * Networks for the tests of one file, converted by the converter as it is now.
 *
 * @returns gives those of so many threads
 */
export function openNetworks(): (threads?: number) => Networks {
  let folder: string;
  const open = new Map<number, Networks>();
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'networks-'));
  });
  afterAll(async () => {
    for (const networks of open.values()) await networks.dispose();
    await rm(folder, { recursive: true });
  });
  return (threads = 1) => {
    const networks = open.get(threads) ?? new Networks({ threads, folder });
    open.set(threads, networks);
    return networks;
  };
}
