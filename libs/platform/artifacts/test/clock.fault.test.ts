import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { openDiskStore } from '../src/index.ts';
import { storeErrorFrom } from '../src/store-error.ts';
import { scratch } from './scratch.ts';

afterEach(() => void vi.useRealTimers());

test('a temporary file is as old as the disk says, whatever the clock of this process', async () => {
  const root = await scratch();
  const temporary = join(root, 'temporary');
  mkdirSync(temporary, { recursive: true });
  const hours = (ago: number): Date => new Date(Date.now() - ago * 3_600_000);
  for (const [name, age] of [
    ['at-work', 0],
    ['left', 30],
  ] as const) {
    writeFileSync(join(temporary, name), '');
    utimesSync(join(temporary, name), hours(age), hours(age));
  }
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 7 * 24 * 3_600_000 });
  await openDiskStore(root);
  expect(existsSync(join(temporary, 'at-work'))).toBe(true);
  expect(existsSync(join(temporary, 'left'))).toBe(false);
});

test('a read-only disk is called one', () => {
  const refused = Object.assign(new Error(), { code: 'EROFS' });
  expect(storeErrorFrom(refused, 'the store', '/store').message).toContain('got a read-only disk (EROFS)');
});
