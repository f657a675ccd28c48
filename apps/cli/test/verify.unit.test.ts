import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openIdentity, signFile, type Statement } from '@soliloquy/content-credentials';
import { encodeMp4, videoFromFrames } from '@soliloquy/media';
import { markFilm } from '@soliloquy/watermark';
import { execute } from '../src/commands/verify.ts';
import { settleConsent } from '../src/consents.ts';

const ID = '9f86d081884c7d65';
const STATEMENT: Statement = {
  soliloquy: 1,
  title: 'film.mp4',
  graph: { name: 'talk', digest: 'ab'.repeat(32), from: 'mark.video' },
  artifact: 'cd'.repeat(32),
  ingredients: { picture: { type: 'file', digest: '12'.repeat(32) } },
  mark: ID,
  consent: 'none given',
  versions: { soliloquy: '0.1.0' },
};
const [width, height] = [256, 256];
const plain = videoFromFrames({ width, height, fps: 25, frames: 3 }, function* (from, to) {
  for (let t = from; t < to; t++)
    yield Uint8ClampedArray.from({ length: 4 * width * height }, (_, i) => (i % 4 === 3 ? 255 : 70 + i / 4096 + t));
});

let folder: string;
let said: string;
const write = process.stdout.write.bind(process.stdout);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verify-'));
  process.stdout.write = ((text: string) => ((said += text), true)) as typeof process.stdout.write;
});
afterAll(async () => {
  process.stdout.write = write;
  await rm(folder, { recursive: true });
});

async function verified(name: string, bytes: Uint8Array): Promise<{ code: number; said: string }> {
  said = '';
  const path = join(folder, name);
  await writeFile(path, bytes);
  return { code: await execute([path, '--store', folder]), said };
}

describe('soliloquy verify', () => {
  it('tells ours, a changed one, one encoded again, a cut one and a stranger apart', async () => {
    const marked = await encodeMp4(markFilm(plain, ID), { quality: 'intermediate' });
    const { bytes } = await signFile(marked, STATEMENT, await openIdentity(folder));
    const ours = await verified('ours.mp4', bytes);
    expect(ours).toMatchObject({ code: 0, said: expect.stringContaining('made with Soliloquy, signed, not changed') });
    expect(ours.said).toContain('nobody said that they agreed');
    expect(ours.said).toContain(ID);
    const other = bytes.slice();
    other[other.length - 30] ^= 1;
    expect(await verified('changed.mp4', other)).toMatchObject({
      code: 1,
      said: expect.stringContaining('it was changed after it was signed as made with Soliloquy'),
    });
    expect(await verified('again.mp4', await encodeMp4(markFilm(plain, ID)))).toMatchObject({
      code: 1,
      said: expect.stringMatching(/by its mark; the manifest is gone(.|\n)*9f86d081884c7d65/),
    });
    expect(await verified('cut.mp4', bytes.subarray(0, bytes.length - 2000))).toMatchObject({
      code: 1,
      said: expect.stringContaining('its end is missing; what is left was made with Soliloquy'),
    });
    expect(await verified('stranger.mp4', await encodeMp4(plain))).toMatchObject({
      code: 1,
      said: expect.stringContaining('nothing in it says that it was made with Soliloquy'),
    });
  });

  it('refuses what is no file', async () => {
    await expect(execute([join(folder, 'none.mp4')])).rejects.toThrow('expected a file that can be read, got ENOENT');
  });
});

describe('consent', () => {
  it('is remembered for the picture and the voice that it was given for, for its person alone', async () => {
    process.env.XDG_STATE_HOME = join(folder, 'state');
    const ada = { who: 'Ada', to: 'a demonstration' };
    expect(await settleConsent(['aa'], undefined, undefined)).toBeUndefined();
    expect(await settleConsent(['aa', 'bb'], ada, undefined)).toEqual(ada);
    expect(await settleConsent(['bb'], undefined, undefined)).toEqual(ada);
    expect(await settleConsent(['bb', 'cc'], undefined, undefined)).toBeUndefined();
    expect(await settleConsent([], ada, undefined)).toBeUndefined();
    const path = join(folder, 'state', 'soliloquy', 'consents.json');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ aa: ada, bb: ada });
  });
});
