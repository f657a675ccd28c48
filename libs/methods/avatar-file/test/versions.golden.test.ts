import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openAvatar } from '../src/avatar-contents.ts';
import { readAvatar } from '../src/avatar.ts';
import { VERSION } from '../src/manifest.ts';

const FOLDER = new URL('./fixtures/', import.meta.url);
const written = readdirSync(FOLDER).sort();

test('there is a file of every version', () => {
  expect(written).toEqual(Array.from({ length: VERSION }, (_, i) => `version-${i + 1}.avatar`));
});

test.each(written)('%s is read and opened', async (name) => {
  const avatar = await readAvatar(new Uint8Array(readFileSync(new URL(name, FOLDER))));
  expect(avatar.manifest).toMatchObject({ version: VERSION, name: 'Small', fps: 25, gaussians: { count: 5 } });
  const { gaussians, background, space, motion } = await openAvatar(avatar);
  expect(gaussians.count).toBe(5);
  expect([background.width, background.height]).toEqual([32, 48]);
  expect([space.kind, motion.kind]).toEqual(['aligned-space', 'motion']);
});
